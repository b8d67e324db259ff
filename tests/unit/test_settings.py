import pytest

from assistant.settings import SettingsError, read_settings


def test_defaults_are_safe() -> None:
    config = read_settings({})
    assert config.host == "127.0.0.1"
    assert config.action_server_url == "http://127.0.0.1:5055/webhook"
    assert config.database_url.startswith("sqlite:///")
    assert config.redis_url is None
    assert config.widget_origins == frozenset()
    assert config.trusted_proxies == 0
    assert config.privacy_url is None


def test_environment_wins() -> None:
    config = read_settings(
        {"PORT": "6001", "ACTION_PORT": "6002", "DATABASE_URL": "postgresql://h/db", "REDIS_URL": "redis://h"}
    )
    assert (config.port, config.action_server_url) == (6001, "http://127.0.0.1:6002/webhook")
    assert (config.database_url, config.redis_url) == ("postgresql://h/db", "redis://h")


@pytest.mark.parametrize("value", ["abc", "0", "70000", "5.5"])
def test_wrong_numbers_name_the_variable(value: str) -> None:
    with pytest.raises(SettingsError, match="PORT"):
        read_settings({"PORT": value})


def test_origins_are_written_as_browsers_write_them() -> None:
    config = read_settings({"WIDGET_ORIGINS": " https://WWW.Example.org:443 ,http://localhost:8080,, http://[::1]:80 "})
    assert config.widget_origins == {"https://www.example.org", "http://localhost:8080", "http://[::1]"}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("WIDGET_ORIGINS", "*", "must begin with https://"),
        ("WIDGET_ORIGINS", "null", "must begin with https://"),
        ("WIDGET_ORIGINS", "www.example.org", "must begin with https://"),
        ("WIDGET_ORIGINS", "ftp://example.org", "must begin with https://"),
        ("WIDGET_ORIGINS", "https://*.example.org", "no \\*"),
        ("WIDGET_ORIGINS", "https://é.example", "ASCII"),
        ("WIDGET_ORIGINS", "https://a:b@example.org", "no user name"),
        ("WIDGET_ORIGINS", "https://", "must hold a host name"),
        ("WIDGET_ORIGINS", "https://example.org/", "no path"),
        ("WIDGET_ORIGINS", "https://example.org?a", "no path"),
        ("WIDGET_ORIGINS", "https://example.org:99999", "cannot be read"),
        ("WIDGET_ORIGINS", "https://ok.example, https://example.org/page", "example.org/page"),
        ("WIDGET_SECRET", "short", "at least 32"),
        ("WIDGET_TOKEN_DAYS", "0", "between 1 and 365"),
        ("WIDGET_MESSAGES", "often", "a number per time"),
        ("WIDGET_MESSAGES", "5", "a number per time"),
        ("WIDGET_MESSAGES", "0/minute", "a number per time"),
        ("WIDGET_MESSAGES", "5/minute;9/hour", "a number per time"),
        ("WIDGET_NEW_CONVERSATIONS", "5/fortnight", "a number per time"),
        ("PRIVACY_URL", "http://example.org/", "https"),
        ("TRUSTED_PROXIES", "-1", "between 0 and 10"),
    ],
)
def test_values_that_cannot_be_used_are_explained(name: str, value: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as caught:
        read_settings({name: value})
    assert str(caught.value).startswith(name)


def test_the_secret_is_not_shown() -> None:
    config = read_settings({"WIDGET_SECRET": "s" * 32})
    assert config.widget_secret == "s" * 32
    assert "s" * 32 not in repr(config)


def test_who_may_see_rare_wording() -> None:
    assert read_settings({}).insights_token is None
    config = read_settings({"INSIGHTS_TOKEN": "i" * 32})
    assert config.insights_token == "i" * 32
    assert "iii" not in repr(config)
    with pytest.raises(SettingsError, match="INSIGHTS_TOKEN"):
        read_settings({"INSIGHTS_TOKEN": "short"})


def test_retention_and_figures() -> None:
    assert (read_settings({}).retention_days, read_settings({}).metrics_token) == (30, None)
    config = read_settings({"RETENTION_DAYS": "7", "METRICS_TOKEN": "m" * 32})
    assert (config.retention_days, config.metrics_token) == (7, "m" * 32)
    assert "mmm" not in repr(config)
    for name, value in (("RETENTION_DAYS", "0"), ("RETENTION_DAYS", "ever"), ("METRICS_TOKEN", "short")):
        with pytest.raises(SettingsError, match=name):
            read_settings({name: value})
