"""Which requests are refused for their headers, before anything is read of their bodies. Pure functions.

Sanic 21.12 takes them: a negative Content-Length makes it turn in a circle for ever, with all other visitors waiting,
and where two headers contradict each other, a proxy in front may take the other one.
"""

import re
from collections.abc import Iterable

_LENGTH = re.compile(r"[0-9]{1,15}")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")  # a token of RFC 9110, section 5.1, in small letters
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ONCE = ("host", "content-length", "transfer-encoding", "content-type", "authorization", "origin")


def fault(headers: Iterable[tuple[str, str]]) -> str | None:
    """What is wrong with the headers of a request, None if nothing is.

    Args:
        headers: names in small letters, and values, as they came.
    """
    values: dict[str, list[str]] = {}
    for name, value in headers:
        if not _NAME.fullmatch(name) or _FORBIDDEN.search(value):
            return "A header holds a character that none may hold."
        values.setdefault(name, []).append(value.strip())
    for name in _ONCE:
        if len(values.get(name, ())) > 1:
            return f"The header {name} stands twice."
    if "content-length" in values and "transfer-encoding" in values:
        return "The length of the body is given twice."
    if not all(_LENGTH.fullmatch(length) for length in values.get("content-length", ())):
        return "The header content-length is no number of bytes."
    if values.get("transfer-encoding", ["chunked"]) != ["chunked"]:
        return "The header transfer-encoding is not known."
    return None
