"""The widget on a page, as a visitor finds it: by role and name."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

LAUNCHER = "Poser une question"
TITLE = "Assistant immunothérapie"


class Chat:
    """The chat of one page."""

    def __init__(self, page: Page, title: str = TITLE, launcher: str = LAUNCHER) -> None:
        self.page = page
        self.launcher = page.get_by_role("button", name=launcher)
        self.panel = page.get_by_role("dialog", name=title)
        self.field = self.panel.get_by_role("textbox", name="Votre question")
        self.log = self.panel.get_by_role("log", name="Conversation")
        self.status = self.panel.get_by_role("status")
        self.suggestions = self.panel.get_by_role("group", name="Suggestions de questions")
        # One under each answer; shown a moment later than it.
        self.answers = self.log.get_by_role("button", name="Copier", exact=True, include_hidden=True)
        self.options = self.button("Options")

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def open(self) -> "Chat":
        self.launcher.click()
        expect(self.panel).to_be_visible()
        expect(self.log).to_be_attached()  # the history is there
        return self

    def ask(self, text: str) -> None:
        """Sends a text and waits for its answer."""
        self._wait_for_answer(lambda: self.send(text))

    def send(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def press(self, title: str) -> None:
        """Presses a suggestion and waits for its answer."""
        self._wait_for_answer(lambda: self.suggestions.get_by_role("button", name=title).click())

    def choose(self, option: str) -> Locator:
        """Chooses an option and returns the question that is asked."""
        self.options.click()
        self.button(option).click()
        question = self.panel.page.get_by_role("alertdialog")
        expect(question).to_be_visible()
        return question

    def _wait_for_answer(self, act: Callable[[], None]) -> None:
        before = self.answers.count()
        act()
        expect(self.answers).to_have_count(before + 1)

    def focused(self) -> str:
        """What has the focus: its role or tag, and its name."""
        return self.page.evaluate(
            """() => {
                let element = document.activeElement;
                while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
                const label = element.labels?.[0]?.textContent;
                const name = element.getAttribute("aria-label") ?? label ?? element.textContent;
                return `${element.localName} ${name.trim()}`;
            }"""
        )

    def stored(self) -> dict[str, Any]:
        """All that the browser keeps for this site."""
        return self.page.evaluate(
            """async () => ({
                local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie,
                databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
            })"""
        )

    def token(self) -> str:
        return self.page.evaluate("JSON.parse(localStorage.getItem('arc-chat')).token")


class Held:
    """Requests to an address of the channel that wait until they are let go."""

    def __init__(self, page: Page, path: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        self._holds = True
        page.route(f"**/webhooks/widget/{path}", self._take)

    def _take(self, route: Route) -> None:
        if self._holds:
            self._routes.append(route)
        else:
            route.continue_()

    def wait(self) -> None:
        """Waits for the first request."""
        for _ in range(500):
            if self._routes:
                return
            self._page.wait_for_timeout(20)
        raise AssertionError("no request came")

    def count(self) -> int:
        return len(self._routes)

    def let_go(self) -> None:
        """Sends what waits, and holds nothing more."""
        self._holds = False
        for route in self._routes:
            route.continue_()
