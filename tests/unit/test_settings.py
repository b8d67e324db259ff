import pytest

from assistant.settings import SettingsError, read_settings


def test_defaults_are_safe() -> None:
    config = read_settings({})
    assert config.host == "127.0.0.1"
    assert config.action_server_url == "http://127.0.0.1:5055/webhook"
    assert config.database_url.startswith("sqlite:///")
    assert config.redis_url is None


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
