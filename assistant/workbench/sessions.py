"""Who is signed in at the workbench: a signed cookie with a short life, and the one conversation that belongs to it."""

import hmac
import re
import secrets
import time
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import SimpleCookie

import jwt

from assistant.channels.identity import ALGORITHM
from assistant.channels.incoming import WORKBENCH_PREFIX

COOKIE = "workbench"
AUDIENCE = "assistant-workbench"
SECONDS = 4 * 3600  # until one has to sign in again
SIDES = ("a", "b")  # a conversation, and the one that tries other words
_NAME = re.compile(re.escape(WORKBENCH_PREFIX) + "[0-9a-f]{32}-[ab]")


@dataclass(frozen=True)
class Session:
    """A signed-in person: the name of their conversation, and when the session ends (seconds since the epoch)."""

    sender: str
    expires: int

    @property
    def other(self) -> str:
        """The name of the conversation in which other words are tried."""
        base, side = self.sender[:-1], self.sender[-1]
        return base + SIDES[side == SIDES[0]]


class Sessions:
    """Makes and reads the cookies. Whoever changes the token ends all sessions."""

    def __init__(self, secret: str, token: str) -> None:
        """Takes the key of the server and the token of the workbench."""
        self._key = hmac.new(secret.encode(), f"{AUDIENCE}:{token}".encode(), sha256).hexdigest()
        self._token = token

    def is_token(self, typed: str) -> bool:
        """Whether somebody typed the token; takes as long for any text of the same length."""
        return secrets.compare_digest(typed.strip().encode("utf-8", "replace"), self._token.encode())

    def begin(self) -> Session:
        """A new session, with a conversation of its own."""
        return Session(f"{WORKBENCH_PREFIX}{secrets.token_hex(16)}-{SIDES[0]}", int(time.time()) + SECONDS)

    def renamed(self, session: Session, sender: str | None = None) -> Session:
        """The session with another conversation, by default a new one; it ends when it would have ended."""
        return Session(sender or self.begin().sender, session.expires)

    def cookie(self, session: Session) -> str:
        """The value of a session's cookie."""
        claims = {"sub": session.sender, "aud": AUDIENCE, "exp": session.expires}
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read(self, cookie: str | None) -> Session | None:
        """The session of a cookie's value; None where it is missing, forged or over."""
        if not cookie or not cookie.isascii():
            return None
        try:
            claims = jwt.decode(
                cookie, self._key, algorithms=[ALGORITHM], audience=AUDIENCE, options={"require": ["sub", "aud", "exp"]}
            )
        except jwt.InvalidTokenError:
            return None
        if not _NAME.fullmatch(claims["sub"]):
            return None
        return Session(claims["sub"], int(claims["exp"]))


def set_cookie(value: str, expires: int, path: str, is_https: bool) -> str:
    """The `Set-Cookie` header of a session, or of its end where `value` is empty.

    Args:
        value: of the cookie.
        expires: when the session ends, in seconds since the epoch.
        path: of the workbench; the browser sends the cookie nowhere else.
        is_https: whether the request came over TLS; then the cookie goes over nothing else.
    """
    jar = SimpleCookie()
    jar[COOKIE] = value
    morsel = jar[COOKIE]
    morsel["path"] = path
    morsel["max-age"] = max(0, expires - int(time.time())) if value else 0
    morsel["httponly"] = True
    morsel["samesite"] = "Strict"
    morsel["secure"] = is_https
    return morsel.OutputString()
