"""A real Chromium, the real assistant, and a website on another origin that embeds it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from scripts.browser import launch
from tests.browser.chat import Chat
from tests.browser.site import Site
from tests.server.conftest import Server, start, stop
from tests.server.widget import PATH
from tests.server.workbench import WORKBENCH_TOKEN

SECRET = "a secret of the browser tests, of forty characters"
PRIVACY = "https://www.site.example/donnees"
PLENTY = "100000/minute"
MESSAGES, WINDOW = 14, 5  # a conversation's messages in so many seconds
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

expect.set_options(timeout=15_000)

# Counts in the page itself what its content policy refused.
COUNT_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = launch(playwright)
    yield running
    running.close()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.close()


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browser")
    running = start(
        folder,
        WIDGET_SECRET=SECRET,
        WORKBENCH_TOKEN=WORKBENCH_TOKEN,
        WORKBENCH_TRIES=PLENTY,
        KEPT_TESTS=str(folder),
        REVIEW_FILE=str(folder / "review" / "misunderstood.jsonl"),
        WIDGET_ORIGINS=site.origin,
        WIDGET_NEW_CONVERSATIONS=PLENTY,
        WIDGET_ADDRESS_MESSAGES=PLENTY,
        WIDGET_MESSAGES=f"{MESSAGES} per {WINDOW} second",
        PRIVACY_URL=PRIVACY,
    )
    site.bot = running.base
    yield running
    stop(running)


@dataclass
class Visit:
    """A visitor's browser: pages that share what is stored, watched for errors and refused content."""

    context: BrowserContext
    server: Server
    errors: list[str] = field(default_factory=list)

    def page(self, address: str | None = None) -> Page:
        """Opens a page, by default the demonstration."""
        page = self.context.new_page()
        page.goto(address or f"{self.server.base}{PATH}/demo")
        return page

    def chat(self, address: str | None = None) -> Chat:
        """The chat on a page, opened."""
        return Chat(self.page(address)).open()

    def watch(self) -> None:
        self.context.add_init_script(COUNT_VIOLATIONS)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.context.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        """Keeps what Chromium says of content policies, and all errors that are not failed requests."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def violations(self) -> list[str]:
        return [text for page in self.context.pages for text in page.evaluate("window.violations ?? []")]


@pytest.fixture
def visit(browser: Browser, bot: Server) -> Iterator[Callable[..., Visit]]:
    """Makes visitors; at the end, none of their pages may have had an error or refused anything."""
    made: list[Visit] = []

    def make(expected_errors: bool = False, **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "fr-FR", **options})
        visitor = Visit(context, bot)
        visitor.watch()
        if not expected_errors:
            made.append(visitor)
        return visitor

    yield make
    for visitor in made:
        assert visitor.violations() == []
        assert visitor.errors == []
    for context in list(browser.contexts):
        context.close()


@pytest.fixture
def chat(visit: Callable[..., Visit]) -> Chat:
    """The chat on the demonstration page, opened, on a desktop."""
    return visit().chat()
