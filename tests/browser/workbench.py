"""The staff's workbench on a page, by role and name."""

from playwright.sync_api import Page, expect

from tests.server.workbench import WORKBENCH_TOKEN


class Workbench:
    """The workbench as somebody of the staff uses it."""

    def __init__(self, page: Page, base: str) -> None:
        self.base = base
        self.page = page
        self.field = self.page.get_by_role("textbox", name="Votre message")

    def sign_in(self) -> "Workbench":
        self.page.get_by_label("Jeton de l’atelier").fill(WORKBENCH_TOKEN)
        self.page.keyboard.press("Enter")
        expect(self.field).to_be_visible()
        return self

    def say(self, text: str) -> None:
        """Writes a message, and waits until it is answered and the field has the focus again."""
        before = self.page.get_by_role("article").count()
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.page.get_by_role("article")).to_have_count(before + 1)
        expect(self.field).to_be_focused()

    def tab_to(self, name: str, key: str = "Tab") -> None:
        """Presses Tab until an element of this name has the focus."""
        for _ in range(60):
            self.page.keyboard.press(key)
            if self.page.evaluate("document.activeElement.textContent.trim()").startswith(name):
                return
        raise AssertionError(f"{name} cannot be reached by keyboard")

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)
