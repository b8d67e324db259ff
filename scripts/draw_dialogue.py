"""Draws docs/dialogue.png: a real conversation with the running assistant, as a page photographed by Chromium.

Usage: `make picture`, with the assistant running (`make run`) and Debian's package chromium installed.
"""

import html
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from assistant.chat import send
from assistant.settings import ROOT, settings

MESSAGES = ["slt c koi l immuno", "ça marche pour tout le monde ?", "et pour le foie ?", "c remboursé ?"]
SIZE = "760,1410"  # pixels
STYLE = """
body { margin: 0; padding: 28px 40px; background: #eef1f4; font: 16px/1.45 "DejaVu Sans", sans-serif; color: #1b2a38 }
.user { margin: 14px 0 14px auto; width: fit-content; max-width: 70%; padding: 10px 16px; background: #1f5f8b;
  color: #fff; border-radius: 16px 16px 4px 16px }
.bot { margin: 14px 0; max-width: 84%; padding: 10px 16px; background: #fff; border-radius: 16px 16px 16px 4px }
.bot p { margin: 6px 0 }
.source { color: #5a6b7a; font-size: 13px }
.button { display: inline-block; margin: 6px 8px 4px 0; padding: 5px 13px; border: 1px solid #1f5f8b; color: #1f5f8b;
  border-radius: 16px; font-size: 14px }
"""


def paragraph(text: str) -> str:
    """One paragraph of an answer as HTML."""
    kind = ' class="source"' if text.startswith("Source") else ""
    return f"<p{kind}>{html.escape(text).replace(chr(10), '<br>')}</p>"


def page(address: str) -> str:
    """The conversation as an HTML page."""
    sender = f"picture-{uuid.uuid4().hex}"
    parts = []
    for text in MESSAGES:
        parts.append(f'<div class="user">{html.escape(text)}</div>')
        for answer in send(address, sender, text):
            body = "".join(paragraph(part) for part in re.split(r"\n\n", answer["text"]))
            buttons = "".join(
                f'<span class="button">{html.escape(b["title"])}</span>' for b in answer.get("buttons", [])
            )
            parts.append(f'<div class="bot">{body}{buttons}</div>')
    return f'<!doctype html><html lang="fr"><meta charset="utf-8"><style>{STYLE}</style>{"".join(parts)}</html>'


def main() -> int:
    """Draws the picture; says what is missing where it cannot."""
    chromium = shutil.which("chromium")
    if not chromium:
        print("chromium was not found: apt-get install chromium", file=sys.stderr)
        return 1
    config = settings()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "dialogue.html"
        file.write_text(page(f"http://{config.host}:{config.port}/webhooks/rest/webhook"), encoding="utf-8")
        target = ROOT / "docs" / "dialogue.png"
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder}/profile",
        ]
        command = [chromium, *options, f"--window-size={SIZE}", f"--screenshot={target}", file.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    print(f"docs/{target.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
