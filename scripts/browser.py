"""Debian's Chromium, as tests, pictures and measurements start it; nothing is downloaded."""

import shutil

from playwright.sync_api import Browser, Playwright

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
