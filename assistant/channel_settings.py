"""The variables of the messaging channels: which a channel needs, which are set, what is wrong with them.

A channel whose variables are missing or cannot be used is off; it never stops the others.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MIN_SECRET = 16  # characters of a secret that the foundation chooses itself
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _matches(pattern: str, form: str) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        return None if re.fullmatch(pattern, value) else f"n’a pas la forme attendue ({form})"

    return check


def _address(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  (raises on a wrong port)
    except ValueError:
        return "n’est pas une adresse"
    if not parts.hostname or re.search(r"\s", value) or parts.query or parts.fragment or parts.username:
        return "n’est pas une adresse sans identifiants ni paramètres"
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return "doit commencer par https://"
    return None


def _secret(minimum: int) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        return None if len(value) >= minimum else f"doit avoir au moins {minimum} caractères"

    return check


_TOKEN = _matches(r"[\x21-\x7e]{8,}", "au moins 8 caractères, sans espace")


@dataclass(frozen=True)
class Variable:
    """A variable of a channel.

    Attributes:
        name: its name in the environment.
        check: says in French what is wrong with a value, None if nothing is.
        default: its value where none is set; None if the channel needs one.
        shared: whether other channels use it too, so that it alone does not ask for this one.
    """

    name: str
    check: Callable[[str], str | None]
    default: str | None = None
    shared: bool = False


CHANNELS: dict[str, tuple[Variable, ...]] = {
    "telegram": (
        Variable("TELEGRAM_TOKEN", _matches(r"[0-9]{1,20}:[A-Za-z0-9_-]{8,}", "123456:ABC…")),
        Variable(
            "TELEGRAM_SECRET",
            _matches(rf"[A-Za-z0-9_-]{{{MIN_SECRET},256}}", f"{MIN_SECRET} à 256 lettres, chiffres, _ ou -"),
        ),
        Variable("TELEGRAM_USERNAME", _matches(r"@?[A-Za-z0-9_]{5,32}|", "le nom du robot"), ""),
        Variable("TELEGRAM_API_URL", _address, "https://api.telegram.org"),
    ),
    "messenger": (
        Variable("MESSENGER_PAGE_TOKEN", _TOKEN),
        Variable("MESSENGER_APP_SECRET", _TOKEN),
        Variable("MESSENGER_VERIFY_TOKEN", _secret(MIN_SECRET)),
        Variable("MESSENGER_API_URL", _address, "https://graph.facebook.com/v23.0"),
    ),
    "whatsapp": (
        Variable("WHATSAPP_TOKEN", _TOKEN),
        Variable("WHATSAPP_PHONE_NUMBER_ID", _matches(r"[0-9]{5,30}", "des chiffres")),
        Variable("WHATSAPP_APP_SECRET", _TOKEN),
        Variable("WHATSAPP_VERIFY_TOKEN", _secret(MIN_SECRET)),
        Variable("WHATSAPP_API_URL", _address, "https://graph.facebook.com/v23.0"),
    ),
    "twilio": (
        Variable("TWILIO_ACCOUNT_SID", _matches(r"AC[0-9a-fA-F]{32}", "AC et 32 chiffres hexadécimaux")),
        Variable("TWILIO_AUTH_TOKEN", _TOKEN),
        Variable("TWILIO_WHATSAPP_NUMBER", _matches(r"\+[0-9]{6,15}", "+33…")),
        Variable("PUBLIC_URL", _address, shared=True),
        Variable("TWILIO_API_URL", _address, "https://api.twilio.com"),
    ),
    "slack": (
        Variable("SLACK_TOKEN", _matches(r"xoxb-[A-Za-z0-9-]{8,}", "xoxb-…")),
        Variable("SLACK_SIGNING_SECRET", _TOKEN),
        Variable("SLACK_API_URL", _address, "https://slack.com/api"),
    ),
    "signed": (
        Variable("SIGNED_SECRET", _secret(32)),
        Variable("SIGNED_REPLY_URL", _address),
    ),
}


@dataclass(frozen=True)
class ChannelSettings:
    """The variables of one channel as the environment sets them.

    Attributes:
        name: the channel, a key of CHANNELS.
        values: the variables with their values or defaults.
        missing: names of the variables that it needs and that are not set.
        wrong: for each variable that cannot be used, a sentence in French; it does not quote the value.
        wanted: whether any variable of its own is set.
    """

    name: str
    values: Mapping[str, str] = field(repr=False)
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    wanted: bool

    @property
    def is_on(self) -> bool:
        """Whether all that it needs is there."""
        return not self.missing and not self.wrong


def _read_channel(name: str, environ: Mapping[str, str]) -> ChannelSettings:
    values, missing, wrong, wanted = {}, [], [], False
    for variable in CHANNELS[name]:
        text = environ.get(variable.name, "").strip()
        wanted = wanted or (bool(text) and not variable.shared)
        if not text and variable.default is None:
            missing.append(variable.name)
            continue
        values[variable.name] = text or variable.default or ""
        problem = variable.check(text) if text else None
        if problem:
            wrong.append(f"{variable.name} {problem}")
    return ChannelSettings(name, values, tuple(missing), tuple(wrong), wanted)


def read_channels(environ: Mapping[str, str]) -> dict[str, ChannelSettings]:
    """Reads the variables of every channel. Raises nothing: what cannot be used is in `wrong`."""
    return {name: _read_channel(name, environ) for name in CHANNELS}
