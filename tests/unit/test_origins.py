import pytest

from assistant.channels.origins import client_address, is_allowed

SITE = "https://www.example.org"


@pytest.mark.parametrize(
    ("origin", "is_welcome"),
    [
        (SITE, True),
        ("http://bot.example:5005", True),
        ("https://bot.example:5005", True),
        ("http://www.example.org", False),
        ("https://www.example.org:8443", False),
        ("https://www.example.org.evil.example", False),
        ("https://evil.example", False),
        ("http://bot.example", False),
        ("null", False),
        ("", False),
        ("*", False),
    ],
)
def test_only_the_own_pages_and_those_of_the_settings(origin: str, is_welcome: bool) -> None:
    assert is_allowed(origin, "http", "bot.example:5005", {SITE}) is is_welcome


def test_a_page_without_tls_does_not_pass_for_one_with_it() -> None:
    assert not is_allowed("http://bot.example", "https", "bot.example", set())


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("192.0.2.1", ["198.51.100.7"], 0, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], 1, "198.51.100.7"),
        ("192.0.2.1", ["10.0.0.1, 198.51.100.7"], 1, "198.51.100.7"),
        ("192.0.2.1", ["10.0.0.1", "198.51.100.7, 192.0.2.9"], 2, "198.51.100.7"),
        ("192.0.2.1", ["198.51.100.7"], 2, "192.0.2.1"),
        ("192.0.2.1", [], 1, "192.0.2.1"),
        ("192.0.2.1", ["nonsense"], 1, "192.0.2.1"),
        ("192.0.2.1", ["2001:db8:1:2:3:4:5:6"], 1, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], 0, "192.0.2.1"),
    ],
)
def test_the_address_is_the_one_that_the_own_proxies_saw(
    peer: str, forwarded: list[str], trusted: int, address: str
) -> None:
    assert client_address(peer, forwarded, trusted) == address
