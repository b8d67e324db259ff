"""The files that the widget's channel gives: the bundle and the demonstration pages, each by a fixed name."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sanic.response import HTTPResponse

DEMO = Path(__file__).parent / "demo"
DEMO_PAGES = {"/demo": "index.html", "/demo/other": "other.html", "/demo/demo.css": "demo.css"}
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'"
)
_NOT_BUILT = "<!-- not built -->"
_NOTICE = (
    '<p class="notice" role="status">L’assistant n’est pas encore construit\u00a0: il n’y a pas de bouton ici. '
    "La commande <code>make run</code> le construit.</p>"
)


@dataclass(frozen=True)
class Content:
    """The content of a file, also compressed, and what distinguishes it from an earlier one."""

    plain: bytes
    compressed: bytes
    digest: str


@lru_cache(maxsize=8)
def _read(file: Path, changed: int, size: int) -> Content:
    plain = file.read_bytes()
    return Content(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:32])


def read_script(file: Path) -> Content | None:
    """The bundle, read anew when the file changes; None if there is none."""
    try:
        status = file.stat()
        return _read(file, status.st_mtime_ns, status.st_size)
    except OSError:
        return None


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client's `Accept-Encoding` names gzip without refusing it."""
    for part in accept_encoding.lower().split(","):
        name, *parameters = (piece.strip().replace(" ", "") for piece in part.split(";"))
        if name == "gzip":
            return not any(parameter in ("q=0", "q=0.0", "q=0.00", "q=0.000") for parameter in parameters)
    return False


def _is_known(tag: str, if_none_match: str) -> bool:
    known = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return tag in known or "*" in known


def script_response(content: Content, accept_encoding: str, if_none_match: str) -> HTTPResponse:
    """The bundle for any website, compressed if the client takes that, or 304 if the client has it.

    Args:
        content: the bundle.
        accept_encoding: the request's header of this name, "" if there is none.
        if_none_match: likewise.
    """
    compressed = takes_gzip(accept_encoding)
    tag = f'"{content.digest}{"-gzip" if compressed else ""}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if _is_known(tag, if_none_match):
        return HTTPResponse(status=304, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    body = content.compressed if compressed else content.plain
    return HTTPResponse(body, headers=headers, content_type=TYPES[".js"])


def demo_response(path: str, is_built: bool) -> HTTPResponse:
    """A demonstration page.

    Args:
        path: one of DEMO_PAGES.
        is_built: whether there is a bundle; if not, the page says so.
    """
    file = DEMO / DEMO_PAGES[path]
    text = file.read_text(encoding="utf-8").replace(_NOT_BUILT, "" if is_built else _NOTICE)
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"}
    return HTTPResponse(text, headers=headers, content_type=TYPES[file.suffix])
