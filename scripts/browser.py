"""Debian's Chromium, as tests, pictures and measurements start it; nothing is downloaded."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from assistant.settings import ROOT

MOST = 150_000  # bytes of a picture in docs/

# Without a sandbox, because containers run as root; nothing but our own pages is ever loaded. The rest keeps it silent.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """The program's path.

    Raises:
        RuntimeError: there is none; the text says how to install it.
    """
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("chromium was not found. Run scripts/need-packages, or: apt-get install chromium")
    return program


def launch(playwright: Playwright) -> Browser:
    """Starts a browser without a window."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)


def take_picture(page: Page, target: Path) -> bool:
    """Draws a page into a file and prints its size; returns whether the file is too big for docs/."""
    page.mouse.move(1, 1)
    page.wait_for_timeout(900)  # what comes a moment after an answer is there
    page.screenshot(path=target, caret="hide")
    size = target.stat().st_size
    print(f"{target.relative_to(ROOT)}: {size // 1000} kB{' – too big' if size > MOST else ''}")
    return size > MOST
