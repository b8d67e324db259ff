"""A foundation's website on another origin than the assistant's: a few pages, each under its own content policy."""

import html
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCRIPT = "/webhooks/widget/widget.js"
PAGE = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Un site</title>{head}</head>
<body><main><h1>Un site</h1><p>Du texte, avec <a href="#suite">un lien</a>.</p>
<button type="button">Un bouton du site</button></main>{body}</body></html>"""


class Site:
    """Serves the pages that are put into it, on 127.0.0.1 and a free port."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[str, bytes, str | None]] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body, policy = site._pages.get(self.path, ("text/plain", b"", None))
                self.send_response(200 if self.path in site._pages else 404)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.stranger = f"http://localhost:{self.port}"  # the same pages, on an origin that is not in the settings
        self.bot = ""  # the assistant's origin
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, path: str, content: str, kind: str = "text/html", policy: str | None = None) -> str:
        """Makes a file available and returns its address."""
        self._pages[path] = (kind, content.encode(), policy)
        return self.origin + path

    def strict_policy(self) -> str:
        """The strictest policy under which the widget promises to work."""
        return (
            f"default-src 'none'; script-src {self.bot}; connect-src {self.bot}; base-uri 'none'; form-action 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def tag(self, **attributes: str) -> str:
        """A script tag that embeds the widget."""
        listed = "".join(f' {name.replace("_", "-")}="{html.escape(value)}"' for name, value in attributes.items())
        return f'<script src="{self.bot}{SCRIPT}" defer{listed}></script>'

    def page(self, path: str, *, head: str | None = None, body: str = "", policy: str | None = None) -> str:
        """A page of the site, by default with the widget and under the strict policy; returns its address."""
        content = PAGE.format(head=self.tag() if head is None else head, body=body)
        return self.put(path, content, policy=self.strict_policy() if policy is None else policy)
