"""`make bench`: measures, prints the tables, and keeps them in reports/, with a page and its picture."""

import json
import os
import sys
from dataclasses import replace

from assistant.bench.report import as_markdown, as_page, picture
from assistant.bench.run import FULL, SHORT, Result, bench
from assistant.bench.servers import NotStartedError
from assistant.content.yaml_file import ContentError
from assistant.pages.making import DPI
from assistant.serve import StartError, train_if_stale
from assistant.settings import ROOT, SettingsError

FOLDER = ROOT / "reports"


def save(result: Result, command: str) -> None:
    """Writes the reports and prints the tables; the command is what was run."""
    result = replace(result, about={**result.about, "command": command})
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "bench.json").write_text(json.dumps(result.as_dict()), encoding="utf-8")
    (FOLDER / "bench.html").write_text(as_page(result), encoding="utf-8")
    text = as_markdown(result)
    (FOLDER / "bench.md").write_text(text, encoding="utf-8")
    picture(result).savefig(FOLDER / "bench.png", dpi=DPI, bbox_inches="tight")
    print(f"\n{text}\n{FOLDER / 'bench.html'}")


def main() -> int:
    """Measures; SHORT=1 in the environment does so briefly."""
    is_short = os.environ.get("SHORT") == "1"
    command = "make bench SHORT=1" if is_short else "make bench"
    try:
        train_if_stale()
        bench(SHORT if is_short else FULL, lambda result: save(result, command))
    except (NotStartedError, StartError, ContentError, SettingsError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
