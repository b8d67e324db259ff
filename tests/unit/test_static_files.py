import gzip
import re
from pathlib import Path

import pytest

from assistant.channels.static_files import DEMO_PAGES, demo_response, read_script, script_response, takes_gzip


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "widget.js"
    file.write_text("/* un */")
    return file


def test_the_bundle_is_read_anew_when_it_changes(script: Path) -> None:
    first = read_script(script)
    script.write_text("/* deux, plus long */")
    second = read_script(script)
    assert first is not None and second is not None
    assert first.digest != second.digest
    assert second.plain == b"/* deux, plus long */"
    script.unlink()
    assert read_script(script) is None


def test_compressed_or_not_or_not_at_all(script: Path) -> None:
    content = read_script(script)
    assert content is not None
    plain, packed = script_response(content, "", ""), script_response(content, "br, gzip", "")
    assert plain.body == b"/* un */"
    assert gzip.decompress(packed.body) == b"/* un */"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for known in (packed.headers["ETag"], f'"x", W/{packed.headers["ETag"]}', "*"):
        answer = script_response(content, "gzip", known)
        assert (answer.status, answer.body) == (304, b"")
    assert script_response(content, "gzip", plain.headers["ETag"]).status == 200


@pytest.mark.parametrize(
    ("header", "takes"),
    [("", False), ("gzip", True), ("br;q=1, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0, br", False)],
)
def test_who_takes_gzip(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


@pytest.mark.parametrize("path", ["/demo", "/demo/other"])
def test_the_demonstration_pages(path: str) -> None:
    page = demo_response(path, is_built=True).body.decode()
    assert '<html lang="fr">' in page
    assert re.search(r"<title>[^<]+</title>", page)
    assert len(re.findall("<h1", page)) == 1
    assert '<script src="/webhooks/widget/widget.js" defer></script>' in page
    for link in re.findall(r'(?:href|src)="([^"]+)"', page):
        assert link.removeprefix("/webhooks/widget") in {**DEMO_PAGES, "/widget.js": ""}
    assert not re.search(r"style=|<style|<script>|\son\w+=", page)
    assert "pas encore construit" not in page
    assert "pas encore construit" in demo_response(path, is_built=False).body.decode()
