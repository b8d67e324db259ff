"""A conversation as a dialogue test in Rasa's own format, `tests/dialogues/test_kept_….yml`.

`rasa test` reads only files whose name begins with `test_`, and understands each message by itself: what was said
before is unknown to it. A message that means something else alone is kept by its subject, without its words.
"""

import os
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from json import dumps
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.entities_parser import find_entities_in_training_example, replace_entities

from assistant.checking.problem import quoted
from assistant.checking.project import DIALOGUES
from assistant.history import SILENT_ACTIONS
from assistant.keeping.holding import hold, read_text
from assistant.keeping.yaml_text import Block, Quoted, as_yaml
from assistant.privacy.masking import Masking
from assistant.settings import ROOT

Event = dict[str, Any]

FOLDER = ROOT / DIALOGUES
MAX_NAME = 80  # characters
HEAD = "# Dialogue gardé par l’équipe. Relisez-le\u00a0: aucune donnée d’un vrai visiteur ne doit y rester.\n"
_STORY = re.compile(r"^- story: *(.+?) *$", re.MULTILINE)
_BRACKET = "[[][]"  # what Rasa's reader takes for a single « [ » that begins no entity


class KeepingError(ValueError):
    """The conversation cannot be kept as it is; the text says why, in French."""


@dataclass(frozen=True)
class Entity:
    """What was found in a message: from `start` to before `end`, the entity's name and its value."""

    start: int
    end: int
    name: str
    value: str


@dataclass(frozen=True)
class Turn:
    """A visitor's message and what the assistant did.

    Attributes:
        text: what was typed, or a button's payload.
        intent: what it was taken for.
        actions: what was run, in order.
        entities: what was found in the text.
        is_wordless: whether the test keeps its subject only.
    """

    text: str
    intent: str
    actions: tuple[str, ...]
    entities: tuple[Entity, ...] = ()
    is_wordless: bool = False


@dataclass(frozen=True)
class Kept:
    """A dialogue test.

    Attributes:
        name: of the story.
        file: name of the file that it belongs in.
        text: of that file.
        path: where it was saved; None where the folder cannot be written, and the text is to be downloaded.
        notes: what the person should know about it, French sentences.
    """

    name: str
    file: str
    text: str
    path: Path | None
    notes: tuple[str, ...]


async def keep(name: str, events: Iterable[Event], agent: Agent, masking: Masking, folder: Path = FOLDER) -> Kept:
    """Makes a dialogue test of a conversation, holds it once, and saves it.

    Args:
        name: what the person calls it.
        events: the conversation's, as the tracker serialises them.
        agent: with the model that the test is held with.
        masking: masks what is personal once more.
        folder: where it is saved.

    Raises:
        KeepingError: the name or the conversation cannot be taken.
    """
    name = checked_name(name, names_in(folder))
    turns = turns_of(events, masking)
    check(turns, agent.domain.intents, agent.domain.action_names_or_texts)
    file = file_name(name)
    held = (await hold(read_text(story(name, turns), file), agent))[0]
    alone = [turn.is_understood for turn in held.turns]
    turns, notes = readable(turns, alone)
    text = story(name, turns)
    if not (await hold(read_text(text, file), agent))[0].is_right:
        raise KeepingError(
            "L’assistant ne répond plus de cette façon à cette conversation\u00a0: recommencez-la, puis gardez-la."
        )
    return Kept(name, file, text, save(text, folder / file), notes)


def turns_of(events: Iterable[Event], masking: Masking) -> tuple[Turn, ...]:
    """The turns of a conversation since its last restart, with what is personal masked."""
    turns: list[Turn] = []
    for event in events:
        kind = event.get("event")
        if kind == "restart":
            turns.clear()
        elif kind == "user":
            turns.append(_turn(event, masking))
        elif kind == "action" and turns and event.get("name") not in (*SILENT_ACTIONS, None):
            turns[-1] = replace(turns[-1], actions=(*turns[-1].actions, event["name"]))
    return tuple(turns)


def _turn(event: Event, masking: Masking) -> Turn:
    said = event.get("text") or ""
    text = masking.mask(said).strip()
    understood = event.get("parse_data") or {}
    found = [_entity(item, said, text) for item in understood.get("entities") or []]
    intent = (understood.get("intent") or {}).get("name") or ""
    return Turn(text, intent, (), tuple(entity for entity in found if entity))


def _entity(found: Event, said: str, text: str) -> Entity | None:
    """An entity at its place in the text as it is kept; None where masking took it away."""
    start, end = found["start"], found["end"]
    if text != said:
        start = text.find(said[start:end])
        end = start + found["end"] - found["start"]
    return Entity(start, end, found["entity"], str(found["value"])) if start >= 0 else None


def check(turns: Sequence[Turn], intents: Collection[str], actions: Collection[str]) -> None:
    """Checks that there is something to keep, and that the assistant still knows it.

    Raises:
        KeepingError: it does not.
    """
    if not turns:
        raise KeepingError("Il n’y a encore aucun message à garder.")
    for number, turn in enumerate(turns, start=1):
        said = f"le message {number}"
        if not turn.text:
            raise KeepingError(f"{said.capitalize()} est vide.")
        if turn.intent not in intents:
            raise KeepingError(f"Le sujet {quoted(turn.intent)}, dans {said}, n’existe pas ou n’existe plus.")
        if not turn.actions:
            raise KeepingError(f"{said.capitalize()} n’a reçu aucune réponse.")
        for action in turn.actions:
            if action not in actions:
                raise KeepingError(f"La réponse {quoted(action)}, après {said}, n’existe pas ou n’existe plus.")


def readable(turns: Sequence[Turn], alone: Sequence[bool]) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """The turns as `rasa test` can hold them, with a note on each whose words are left out.

    Args:
        turns: all of them.
        alone: of each, whether it is understood the same way without what came before.

    Raises:
        KeepingError: no message would be left.
    """
    if not any(alone):
        raise KeepingError(
            "Aucun message de cette conversation n’est compris de la même façon quand il est lu seul, "
            "comme le fait rasa test\u00a0: elle ne peut pas devenir un test."
        )
    notes = tuple(
        f"{quoted(_line(turn.text))} n’est pas compris de la même façon sans ce qui précède, et rasa test lit chaque "
        "message seul\u00a0: le test garde son sujet et la réponse, pas ses mots."
        for turn, same in zip(turns, alone, strict=True)
        if not same
    )
    return tuple(replace(turn, is_wordless=not same) for turn, same in zip(turns, alone, strict=True)), notes


def story(name: str, turns: Iterable[Turn]) -> str:
    """The file of a dialogue test: one story.

    Args:
        name: of the story.
        turns: what it holds.

    Raises:
        KeepingError: a text cannot be written so that Rasa reads the same.
    """
    parts = [HEAD, as_yaml({"version": Quoted("3.1")}), "stories:\n", as_yaml([{"story": Quoted(name)}]), "  steps:\n"]
    for turn in turns:
        if turn.is_wordless:
            parts.append(f"  # dit avec ce qui précède\u00a0: {_line(turn.text)}\n")
        words = {} if turn.is_wordless else {"user": Block(f"{marked(turn)}\n")}
        steps = [{**words, "intent": turn.intent}, *({"action": action} for action in turn.actions)]
        parts += [f"  {line}\n" for line in as_yaml(steps).rstrip("\n").split("\n")]
    return "".join(parts)


def marked(turn: Turn) -> str:
    """The text of a turn as Rasa's test format has it: entities marked, brackets that mark none made harmless.

    Raises:
        KeepingError: Rasa's reader would read another text.
    """
    if turn.text.startswith("/"):  # a payload holds its entities itself
        return turn.text
    expected = [(item.start, item.end, item.name, item.value) for item in turn.entities]
    for bracket in ("[", _BRACKET):
        text = _with_marks(turn, bracket)
        try:
            read = find_entities_in_training_example(text)
        except RasaException:
            continue
        found = [(item["start"], item["end"], item["entity"], item["value"]) for item in read]
        if (replace_entities(text), found) == (turn.text, expected):
            return text
    raise KeepingError(f"Le format des tests de Rasa ne peut pas contenir {quoted(_line(turn.text))}.")


def _with_marks(turn: Turn, bracket: str) -> str:
    parts, done = [], 0
    for entity in turn.entities:
        mark = dumps({"entity": entity.name, "value": entity.value}, ensure_ascii=False)
        parts += [
            turn.text[done : entity.start].replace("[", bracket),
            f"[{turn.text[entity.start : entity.end]}]{mark}",
        ]
        done = entity.end
    return "".join([*parts, turn.text[done:].replace("[", bracket)])


def _line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def checked_name(name: str, taken: Collection[str]) -> str:
    """The name of a test without spaces around it.

    Args:
        name: as it was typed.
        taken: the names of all tests.

    Raises:
        KeepingError: it is empty, too long, cannot name a file, or is taken.
    """
    name = _line(name)
    if not name:
        raise KeepingError("Donnez un nom au test.")
    if len(name) > MAX_NAME:
        raise KeepingError(f"Le nom a {len(name)} caractères, il en faut {MAX_NAME} au plus.")
    if not name.isprintable() or not slug(name):
        raise KeepingError("Le nom doit contenir au moins une lettre ou un chiffre, et aucun caractère invisible.")
    if slug(name) in map(slug, taken):
        raise KeepingError(f"Un test s’appelle déjà {quoted(name)}, ou presque\u00a0: choisissez un autre nom.")
    return name


def slug(name: str) -> str:
    """What a name gives to a file's name: small letters without accents, digits, and `_` between the words."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    return "_".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode()))


def file_name(name: str) -> str:
    """The name of the file of a test. It begins as `rasa test` wants it."""
    return f"test_kept_{slug(name)}.yml"


def names_in(folder: Path) -> set[str]:
    """The names of the tests in a folder; none where there is no such folder, as in the containers."""
    return {
        str(yaml.safe_load(name))
        for file in sorted(folder.glob("test_*.yml"))
        for name in _STORY.findall(file.read_text(encoding="utf-8"))
    }


def save(text: str, path: Path) -> Path | None:
    """Writes a new file, whole or not at all; returns its path, None where the folder cannot be written.

    Raises:
        KeepingError: there is such a file.
    """
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        draft.write_text(text, encoding="utf-8")
        os.link(draft, path)  # fails where the file exists, at whatever moment it came
    except FileExistsError:
        raise KeepingError(f"Le fichier {path.name} existe déjà\u00a0: choisissez un autre nom.") from None
    except OSError:
        return None
    finally:
        with suppress(OSError):
            draft.unlink()
    return path
