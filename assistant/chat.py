"""`make chat`: talks to the assistant in the terminal; starts it unless it is running.

With EXPLAIN=1 it also says of each message what was understood and where the answer comes from. It reads that in the
database, so that the assistant must run on the same one.
"""

import argparse
import json
import sys
import urllib.error
import urllib.request
import uuid
from contextlib import ExitStack
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from assistant.content.catalogue import catalogue
from assistant.content.yaml_file import ContentError
from assistant.privacy.records import events_of, open_database
from assistant.serve import StartError, is_ready, running
from assistant.settings import Settings, SettingsError, settings
from assistant.workbench.explaining import Explainer, load_explainer
from assistant.workbench.telling import lines


def send(address: str, sender: str, text: str) -> list[dict[str, Any]]:
    """Sends a message over the REST channel and returns the answers.

    Raises:
        urllib.error.URLError: the assistant cannot be reached or refuses the message.
    """
    request = urllib.request.Request(
        address,
        data=json.dumps({"sender": sender, "message": text}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def chosen(text: str, buttons: list[dict[str, str]]) -> str:
    """The payload of the button whose number was typed, else the text itself."""
    if text.isdigit() and 1 <= int(text) <= len(buttons):
        return buttons[int(text) - 1]["payload"]
    return text


def show(messages: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Prints the answers with numbered buttons and returns the buttons."""
    buttons: list[dict[str, str]] = []
    for message in messages:
        print(f"\n{message['text']}")
        for button in message.get("buttons", []):
            buttons.append(button)
            print(f"  {len(buttons)}. {button['title']}")
    print()
    return buttons


def explain(config: Settings, sender: str, explainer: Explainer) -> None:
    """Prints why the last message of a conversation was answered as it was."""
    try:
        explanations = explainer.explain(events_of(open_database(config.database_url), sender))
    except SQLAlchemyError as problem:
        print(f"  (La base de données ne répond pas\u00a0: {type(problem).__name__}.)\n")
        return
    for line in lines(explanations[-1]) if explanations else ["Rien n’est enregistré de cette conversation."]:
        print(f"  │ {line}")
    print()


def main(arguments: list[str]) -> int:
    """Reads lines until an empty one, Ctrl-D or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m assistant.chat", description="Parler à l’assistant.")
    parser.add_argument(
        "--explain", action="store_true", help="dit aussi ce qui a été compris et d’où vient la réponse"
    )
    explains = parser.parse_args(arguments).explain
    try:
        config = settings()
        address = f"http://{config.host}:{config.port}/webhooks/rest/webhook"
        with ExitStack() as stack:
            if not is_ready(config):
                stack.enter_context(running(config))
            print("Écrivez votre question, ou le numéro d'un bouton. Une ligne vide pour finir.")
            sender = f"terminal-{uuid.uuid4().hex}"
            explainer = load_explainer(catalogue()) if explains else None
            buttons: list[dict[str, str]] = []
            while line := input("> ").strip():
                try:
                    buttons = show(send(address, sender, chosen(line, buttons)))
                    if explainer:
                        explain(config, sender, explainer)
                except urllib.error.URLError as problem:
                    print(f"\nPas de réponse ({problem}). Réessayez.\n")
    except (KeyboardInterrupt, EOFError):
        print()
    except (StartError, ContentError, SettingsError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
