"""`python -m assistant.privacy`: deletes old conversations, erases or exports one; on the database itself."""

import argparse
import json
import re
import sys
import time
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from assistant.channel_settings import CHANNELS
from assistant.channels.identity import NAME_DIGITS, conversation_name, secret_of
from assistant.content.catalogue import catalogue
from assistant.content.yaml_file import ContentError
from assistant.keeping import review
from assistant.privacy.export import ZONE, readable
from assistant.privacy.logs import describe
from assistant.privacy.records import DAY, erase, events_of, has_conversations, open_database, purge, vacuum
from assistant.settings import Settings, SettingsError, settings

UNKNOWN = "Aucune conversation de ce nom n’est enregistrée."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant.privacy", description="Données personnelles.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("purge", help="supprime les conversations plus vieilles que RETENTION_DAYS jours")
    erasing = commands.add_parser("erase", help="efface une conversation")
    exporting = commands.add_parser("export", help="donne une conversation à lire")
    for command in (erasing, exporting):
        command.add_argument(
            "sender",
            help="le nom de la conversation, ou celui de la personne sur une messagerie, comme whatsapp:33612345678",
        )
    exporting.add_argument("--json", action="store_true", help="tout ce qui est enregistré, en JSON")
    return parser


def stored_name(sender: str, config: Settings) -> str:
    """The name that a conversation is stored under, of the name that a provider gives the person: `whatsapp:336…`."""
    channel, _, person = sender.partition(":")
    is_stored_name = re.fullmatch(rf"[0-9a-f]{{{NAME_DIGITS}}}", person)
    return (
        conversation_name(channel, person, secret_of(config)) if channel in CHANNELS and not is_stored_name else sender
    )


def run(arguments: argparse.Namespace, config: Settings) -> int:
    """Does what is asked; returns 1 if there is no such conversation.

    Raises:
        ReviewError, OSError: the file of misunderstood messages cannot be used.
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    engine = open_database(config.database_url)
    stored = has_conversations(engine)
    if arguments.command == "purge":
        count = purge(engine, time.time() - config.retention_days * DAY) if stored else 0
        vacuum(engine)
        print(f"Conversations de plus de {config.retention_days} jours supprimées\u00a0: {count}.")
        marked = review.purge(config.retention_days, datetime.now(ZONE).date(), config.review_file)
        print(f"Messages mal compris, marqués depuis plus longtemps, supprimés\u00a0: {marked}.")
        return 0
    sender = stored_name(arguments.sender, config)
    if arguments.command == "erase":
        count = erase(engine, sender) if stored else 0
        vacuum(engine)
        print(f"Événements effacés\u00a0: {count}." if count else UNKNOWN)
        return 0 if count else 1
    events = events_of(engine, sender) if stored else []
    if not events:
        print(UNKNOWN, file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps({"conversation": sender, "events": events}, ensure_ascii=False, indent=2))
    else:
        content = catalogue()
        links = {name: link.title for name, link in content.links.items()}
        print(readable(sender, events, content.offers(), links), end="")
    return 0


def main() -> int:
    """Reads the command line."""
    arguments = _parser().parse_args()
    try:
        return run(arguments, settings())
    except (SettingsError, ContentError, review.ReviewError, OSError) as problem:
        print(problem, file=sys.stderr)
    except SQLAlchemyError as problem:
        print(f"La base de données ne répond pas ({', '.join(describe(problem))}).", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
