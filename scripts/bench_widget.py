"""Measures the widget. Usage: `make bench-widget`.

Prints the size of the bundle; the time from the click on the button to a chat that is ready; the time from sending a
message to its answer on the screen, beside the time in which the same server answers the same message over HTTP, asked
in turn with the browser. Medians.
"""

import gzip
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from assistant.settings import ROOT
from scripts.browser import launch
from tests.browser.chat import Chat
from tests.server.conftest import Server, start, stop
from tests.server.widget import PATH, Visitor

BUNDLE = ROOT / "widget" / "dist" / "widget.js"
OPENINGS = 15
MESSAGES = ["quel est le taux de réponse ?", "et pour le foie ?", "que raconte xavier ?", "je voudrais faire un don"]
ROUNDS = 8

# Times inside the page, from the event to the frame in which the result has been drawn.
DRAWN = """
const drawn = (act, there) => new Promise((done) => {
    const root = document.querySelector("arc-chat").shadowRoot;
    const begun = performance.now();
    const look = () => there(root)
        ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)))
        : requestAnimationFrame(look);
    act(root);
    look();
});
"""
CLICK_TO_READY = f"""() => {{ {DRAWN}
    return drawn((root) => root.querySelector(".launcher").click(),
                 (root) => root.querySelector("[role=log]") && root.querySelector(".suggestions button"));
}}"""
SEND_TO_ANSWER = f"""() => {{ {DRAWN}
    const count = (root) => root.querySelectorAll(".answer").length;
    let before;
    return drawn((root) => {{ before = count(root); root.querySelector("form button").click(); }},
                 (root) => count(root) > before);
}}"""


def demo(browser: Browser, server: Server) -> Page:
    """The demonstration page, in a browser that has stored nothing."""
    page = browser.new_context().new_page()
    page.goto(f"{server.base}{PATH}/demo", wait_until="networkidle")
    return page


def openings(browser: Browser, server: Server) -> list[float]:
    """Milliseconds from the click to the ready chat."""
    times = []
    for _ in range(OPENINGS):
        page = demo(browser, server)
        times.append(page.evaluate(CLICK_TO_READY))
        page.context.close()
    return times


def answers(browser: Browser, server: Server) -> tuple[list[float], list[float]]:
    """Milliseconds from sending to the answer: in the browser, and over HTTP."""
    chat = Chat(demo(browser, server)).open()
    visitor = Visitor(server)
    chat.ask("bonjour")  # the first message also begins the conversation
    visitor.ask("bonjour")
    in_browser, over_http = [], []
    for _ in range(ROUNDS):
        for text in MESSAGES:
            chat.field.fill(text)
            expect(chat.field).to_have_value(text)
            in_browser.append(chat.page.evaluate(SEND_TO_ANSWER))
            begun = time.perf_counter()
            visitor.send(text=text)
            over_http.append((time.perf_counter() - begun) * 1000)
    chat.page.context.close()
    return in_browser, over_http


def row(name: str, times: list[float]) -> str:
    """A line of the table: median and ninth decile."""
    return (
        f"{name:<40} {statistics.median(times):7.0f} ms   (9 of 10 under {statistics.quantiles(times, n=10)[8]:.0f} ms)"
    )


def main() -> int:
    """Measures and prints."""
    content = BUNDLE.read_bytes()
    print(f"{'bundle':<40} {len(content):7} bytes, {len(gzip.compress(content, 9))} with gzip")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        plenty = dict.fromkeys(("WIDGET_MESSAGES", "WIDGET_ADDRESS_MESSAGES"), "100000/minute")
        server = start(Path(folder), WIDGET_SECRET="measures" * 5, **plenty)
        try:
            browser = launch(playwright)
            opened = openings(browser, server)
            in_browser, over_http = answers(browser, server)
            browser.close()
        finally:
            stop(server)
    print(row(f"click to ready, {len(opened)} times", opened))
    print(row(f"sending to answer, {len(in_browser)} messages", in_browser))
    print(row("the same messages over HTTP", over_http))
    ratio = statistics.median(in_browser) / statistics.median(over_http)
    print(f"{'browser / HTTP':<40} {ratio:7.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
