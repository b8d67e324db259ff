"""Who a visitor is, so that nobody reaches another's conversation and its name tells nobody who it is.

On the website: a random name, in a signed token that only this server can make. On a messaging channel: a keyed hash of
the person's name there, which is a telephone number on WhatsApp.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
import time
from pathlib import Path

import jwt

from assistant.channels.incoming import WIDGET_PREFIX
from assistant.channels.refusals import RefusedError
from assistant.settings import MIN_SECRET_CHARACTERS, ROOT, Settings, SettingsError

ALGORITHM = "HS256"
AUDIENCE = "assistant-widget"
DAY = 86_400  # seconds
NAME_DIGITS = 32  # of a name on a messaging channel, hexadecimal
_CONVERSATION = re.compile(re.escape(WIDGET_PREFIX) + "[0-9a-f]{32}")


class Tokens:
    """Makes and reads the tokens of conversations."""

    def __init__(self, secret: str, days: int) -> None:
        """Takes the key that signs, and the days for which a token is valid."""
        self._secret = secret
        self._lifetime = days * DAY

    def issue(self) -> tuple[str, int]:
        """A token for a new conversation, and when it expires (seconds since the epoch)."""
        expires = int(time.time()) + self._lifetime
        claims = {"sub": WIDGET_PREFIX + secrets.token_hex(16), "aud": AUDIENCE, "exp": expires}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), expires

    def conversation(self, authorization: str | None) -> str:
        """The name of the conversation that a request may reach.

        Args:
            authorization: the request's header of this name, `Bearer <token>`.

        Raises:
            RefusedError: the token has expired, or it is missing, malformed or not one of this server.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.isascii():
            raise RefusedError("bad_token")
        try:
            claims = jwt.decode(
                token.strip(),
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": ["sub", "aud", "exp"]},
            )
        except jwt.ExpiredSignatureError:
            raise RefusedError("expired_token") from None
        except jwt.InvalidTokenError:
            raise RefusedError("bad_token") from None
        if not _CONVERSATION.fullmatch(claims["sub"]):
            raise RefusedError("bad_token")
        return str(claims["sub"])


def conversation_name(channel: str, person: str, secret: str) -> str:
    """The name of a person's conversation on a messaging channel; the person cannot be told from it without the key.

    Args:
        channel: the name of the channel.
        person: the person, and the group where it is one, as the provider names them.
        secret: the key.
    """
    digest = hmac.new(secret.encode(), f"{channel}:{person}".encode(), hashlib.sha256).hexdigest()
    return f"{channel}:{digest[:NAME_DIGITS]}"


def secret_of(config: Settings) -> str:
    """The key: the setting, else the one in `var/`. Raises SettingsError as `load_secret` does."""
    return config.widget_secret or load_secret(ROOT / "var" / "widget-secret")


def load_secret(file: Path) -> str:
    """The key in a file that only its owner can read; makes the file where there is none.

    Of several processes that start at once, one makes the file and all take its key.

    Raises:
        SettingsError: others may read the file, or the key is too short.
    """
    if not file.exists():
        _make_secret(file)
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SettingsError(f"{file} can be read by others: chmod 600 {file}")
    secret = file.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < MIN_SECRET_CHARACTERS:
        raise SettingsError(f"{file} must hold at least {MIN_SECRET_CHARACTERS} characters.")
    return secret


def _make_secret(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as output:
            output.write(secrets.token_urlsafe(48))
        # A link appears with its whole content, and never takes the place of what is there.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
