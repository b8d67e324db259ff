from pathlib import Path

import pytest

from assistant.content.links import check_url, load_links
from assistant.content.yaml_file import ContentError
from assistant.settings import ROOT

FILE = ROOT / "data" / "links.yml"


def test_unknown_pages_fall_back_to_what_could_be_seen() -> None:
    links = load_links(FILE, {})
    assert links["today"].url == links["home"].url
    assert links["today"].stands_in == "home"
    assert links["donate_monthly"].url == links["donation"].url


def test_the_environment_overrides_each_address() -> None:
    for name, link in load_links(FILE, {}).items():
        own = load_links(FILE, {link.env: "https://example.org/page"})[name]
        assert own.url == "https://example.org/page"
        assert own.stands_in is None


def test_an_overridden_dossier_stands_in_for_its_articles() -> None:
    links = load_links(FILE, {"ARC_URL_DOSSIER": "https://example.org/dossier"})
    assert links["patients"].url == "https://example.org/dossier"
    assert links["patients"].stands_in == "dossier"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "example.org",
        "javascript:alert(1)",
        "https://",
        "https://localhost",
        "https://user:pass@example.org",
        "https://example.org:port",
        "https://exa mple.org",
        'https://example.org/"x',
    ],
)
def test_wrong_addresses_are_refused_with_the_variable(url: str) -> None:
    assert check_url(url)
    with pytest.raises(ContentError, match="ARC_URL_HOME"):
        load_links(FILE, {"ARC_URL_HOME": url})


def test_a_default_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "links.yml"
    file.write_text("links:\n  a: {title: A, env: A, default: b}\n  b: {title: B, env: B, default: a}\n")
    with pytest.raises(ContentError, match="ne mène nulle part"):
        load_links(file, {})
