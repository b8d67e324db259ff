"""The configuration, read from the environment in one place.

Every variable has a safe default, so that Rasa's own commands work from the project's root with none of them set.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import limits

from assistant.channel_settings import ChannelSettings, read_channels
from assistant.content.links import check_url

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET_CHARACTERS = 32
DEFAULT_PORTS = {"http": 80, "https": 443}


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
        redis_url: address of the Redis that keeps locks and rate limits; None keeps them in memory.
        retention_days: days after the last event of a conversation when it is deleted.
        metrics_token: what Prometheus has to present to read the figures; None gives them to nobody.
        insights_token: what a person types to see rare wording in `make insights`; None shows it to nobody.
        workbench_token: what the staff sign in with at the workbench; with None there is no workbench.
        workbench_tries: how often an address may try to sign in.
        kept_tests: folder for the dialogue tests that the staff keep.
        review_file: file of the messages that the staff marked as misunderstood.
        max_characters: longest message that is read.
        max_body_bytes: largest request body that is parsed.
        trusted_proxies: how many proxies in front append to X-Forwarded-For; 0 ignores the header.
        privacy_url: https address of the page on personal data; None if there is none.
        widget_origins: origins of the websites that may embed the widget, as browsers write them.
        widget_script: file of the widget's bundle.
        widget_secret: key that signs the widget's tokens; None takes the one in `var/`.
        widget_token_days: days for which a token is valid.
        widget_new_conversations: how many conversations an address may begin.
        widget_messages: how many messages a conversation may send.
        widget_address_messages: how many messages an address may send, over all its conversations.
        channels: the variables of the messaging channels, by channel.
        channel_messages: how many messages a person may send on a messaging channel.
        channel_send_seconds: how long a messaging channel tries to send an answer.
        log_folder: folder of the two servers' logs under `make run`.
    """

    host: str
    port: int
    action_port: int
    action_server_url: str
    action_timeout: float
    database_url: str
    redis_url: str | None
    retention_days: int
    metrics_token: str | None = field(repr=False)
    insights_token: str | None = field(repr=False)
    workbench_token: str | None = field(repr=False)
    workbench_tries: limits.RateLimitItem
    kept_tests: Path
    review_file: Path
    max_characters: int
    max_body_bytes: int
    trusted_proxies: int
    privacy_url: str | None
    widget_origins: frozenset[str]
    widget_script: Path
    widget_secret: str | None = field(repr=False)
    widget_token_days: int
    widget_new_conversations: limits.RateLimitItem
    widget_messages: limits.RateLimitItem
    widget_address_messages: limits.RateLimitItem
    channels: Mapping[str, ChannelSettings]
    channel_messages: limits.RateLimitItem
    channel_send_seconds: int
    log_folder: Path


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name, "").strip()
    try:
        value = int(text) if text else default
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text!r}.") from None
    if not low <= value <= high:
        raise SettingsError(f"{name} must lie between {low} and {high}, not {value}.")
    return value


def _rate(environ: Mapping[str, str], name: str, default: str) -> limits.RateLimitItem:
    text = environ.get(name, "").strip() or default
    try:
        (rate,) = limits.parse_many(text)
        if rate.amount < 1:
            raise ValueError
        return rate
    except ValueError:
        raise SettingsError(f"{name} must be a number per time, such as {default}, not {text!r}.") from None


def _origin(name: str, text: str) -> str:
    """An origin as browsers write it: in small letters, without the port that its scheme implies."""
    try:
        parts = urlsplit(text.lower())
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"{name}: the origin {text!r} cannot be read: {error}.") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise SettingsError(f"{name}: the origin {text!r} must begin with https:// or http://.")
    if "@" in parts.netloc or not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:]+", parts.hostname or ""):
        raise SettingsError(f"{name}: the origin {text!r} must hold a host name in ASCII, with no * and no user name.")
    if parts.path or "?" in text or "#" in text:
        raise SettingsError(f"{name}: the origin {text!r} must end after the host or the port, with no path.")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")


def _origins(environ: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(_origin(name, text.strip()) for text in environ.get(name, "").split(",") if text.strip())


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    text = environ.get(name, "").strip()
    if text and len(text) < MIN_SECRET_CHARACTERS:
        raise SettingsError(f"{name} must have at least {MIN_SECRET_CHARACTERS} characters.")
    return text or None


def _https_address(environ: Mapping[str, str], name: str) -> str | None:
    text = environ.get(name, "").strip()
    wrong = check_url(text) if text else None
    if wrong:
        raise SettingsError(f"{name}: the address {text!r} {wrong}.")
    return text or None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Reads the settings from a mapping of environment variables.

    Raises:
        SettingsError: a value cannot be used; the text names the variable and says why.
    """
    action_port = _number(environ, "ACTION_PORT", 5055, 1, 65535)
    return Settings(
        host=environ.get("HOST") or "127.0.0.1",
        port=_number(environ, "PORT", 5005, 1, 65535),
        action_port=action_port,
        action_server_url=environ.get("ACTION_SERVER_URL") or f"http://127.0.0.1:{action_port}/webhook",
        action_timeout=_number(environ, "ACTION_TIMEOUT_SECONDS", 3, 1, 60),
        database_url=environ.get("DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'conversations.db'}",
        redis_url=environ.get("REDIS_URL") or None,
        retention_days=_number(environ, "RETENTION_DAYS", 30, 1, 3650),
        metrics_token=_secret(environ, "METRICS_TOKEN"),
        insights_token=_secret(environ, "INSIGHTS_TOKEN"),
        workbench_token=_secret(environ, "WORKBENCH_TOKEN"),
        workbench_tries=_rate(environ, "WORKBENCH_TRIES", "10/minute"),
        kept_tests=Path(environ.get("KEPT_TESTS") or ROOT / "tests" / "dialogues"),
        review_file=Path(environ.get("REVIEW_FILE") or ROOT / "var" / "review" / "misunderstood.jsonl"),
        max_characters=_number(environ, "MAX_CHARACTERS", 2000, 100, 10000),
        max_body_bytes=_number(environ, "MAX_BODY_BYTES", 65536, 1024, 1048576),
        trusted_proxies=_number(environ, "TRUSTED_PROXIES", 0, 0, 10),
        privacy_url=_https_address(environ, "PRIVACY_URL"),
        widget_origins=_origins(environ, "WIDGET_ORIGINS"),
        widget_script=Path(environ.get("WIDGET_SCRIPT") or ROOT / "widget" / "dist" / "widget.js"),
        widget_secret=_secret(environ, "WIDGET_SECRET"),
        widget_token_days=_number(environ, "WIDGET_TOKEN_DAYS", 30, 1, 365),
        widget_new_conversations=_rate(environ, "WIDGET_NEW_CONVERSATIONS", "60/hour"),
        widget_messages=_rate(environ, "WIDGET_MESSAGES", "20/minute"),
        widget_address_messages=_rate(environ, "WIDGET_ADDRESS_MESSAGES", "120/minute"),
        channels=read_channels(environ),
        channel_messages=_rate(environ, "CHANNEL_MESSAGES", "20/minute"),
        channel_send_seconds=_number(environ, "CHANNEL_SEND_SECONDS", 60, 1, 300),
        log_folder=Path(environ.get("LOG_FOLDER") or ROOT / "var"),
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings(os.environ)
