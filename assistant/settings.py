"""The configuration, read from the environment in one place.

Every variable has a safe default, so that Rasa's own commands work from the project's root with none of them set.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """A variable of the environment has a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """What the environment decides.

    Attributes:
        host: address that assistant and action server listen on.
        port: port of the assistant.
        action_port: port of the action server that `make run` starts.
        action_server_url: address that the assistant calls for custom actions.
        action_timeout: seconds that it waits for one of them.
        database_url: SQLAlchemy address of the tracker store.
        redis_url: address of the Redis lock store; None keeps the locks in memory.
        max_characters: longest message that is read.
        max_body_bytes: largest request body that is parsed.
    """

    host: str
    port: int
    action_port: int
    action_server_url: str
    action_timeout: float
    database_url: str
    redis_url: str | None
    max_characters: int
    max_body_bytes: int


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name, "").strip()
    try:
        value = int(text) if text else default
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text!r}.") from None
    if not low <= value <= high:
        raise SettingsError(f"{name} must lie between {low} and {high}, not {value}.")
    return value


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Reads the settings from a mapping of environment variables.

    Raises:
        SettingsError: a number is not one, or lies outside its bounds.
    """
    action_port = _number(environ, "ACTION_PORT", 5055, 1, 65535)
    return Settings(
        host=environ.get("HOST") or "127.0.0.1",
        port=_number(environ, "PORT", 5005, 1, 65535),
        action_port=action_port,
        action_server_url=environ.get("ACTION_SERVER_URL") or f"http://127.0.0.1:{action_port}/webhook",
        action_timeout=_number(environ, "ACTION_TIMEOUT_SECONDS", 5, 1, 60),
        database_url=environ.get("DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'conversations.db'}",
        redis_url=environ.get("REDIS_URL") or None,
        max_characters=_number(environ, "MAX_CHARACTERS", 2000, 100, 10000),
        max_body_bytes=_number(environ, "MAX_BODY_BYTES", 65536, 1024, 1048576),
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings(os.environ)
