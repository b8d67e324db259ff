"""All the content together: the answers of `domain.yml` with their facts, titles, next steps, links and numbers."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.channels.messaging.capabilities import NARROWEST_TITLE
from assistant.content.cancers import Cancer, load_cancers
from assistant.content.facts import FactBase, load_facts
from assistant.content.links import Link, load_links
from assistant.content.yaml_file import ContentError, Place, field_error, read_mapping, text_field
from assistant.settings import ROOT

KINDS = ("dossier", "giving", "outside", "safety", "conversation")
MAX_NEXT_STEPS = 3
MAX_SHORT = NARROWEST_TITLE


@dataclass(frozen=True)
class Answer:
    """What the assistant can say in one place of a conversation.

    Attributes:
        name: name of the response, `utter_…`.
        part: the part of `domain.yml` that holds it.
        text: the French text, with {placeholders} for numbers to call.
        kind: one of KINDS.
        title: the question as a button shows it; None if it is never offered.
        short: the same in at most MAX_SHORT characters.
        facts: ids of the facts that the text leans on.
        next: intents that are offered after it.
        notice: whether the text itself says that a machine is speaking.
        theme: what it is about, where its kind and facts do not tell.
    """

    name: str
    part: str
    text: str
    kind: str
    title: str | None
    short: str | None
    facts: tuple[str, ...]
    next: tuple[str, ...]
    notice: bool
    theme: str | None

    @property
    def intent(self) -> str:
        """The intent that this answers, where there is one of that name."""
        return self.name.removeprefix("utter_")


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be said, with what it leans on."""

    facts: FactBase
    links: dict[str, Link]
    cancers: dict[str, Cancer]
    contacts: dict[str, str]
    answers: dict[str, Answer]

    def answer(self, intent: str) -> Answer:
        """The answer of an intent. Raises KeyError if there is none."""
        return self.answers[f"utter_{intent}"]

    def offers(self) -> dict[str, str]:
        """The intents that a button may carry, with their titles."""
        return {answer.intent: answer.title for answer in self.answers.values() if answer.title}

    def button(self, intent: str) -> dict[str, str]:
        """The button that asks the question of an intent. Raises KeyError if it is never offered."""
        return {"title": self.offers()[intent], "payload": f"/{intent}"}

    def short_title(self, intent: str) -> str:
        """The question of an intent in at most MAX_SHORT characters, as far as it is offered; else a word for it."""
        answer = self.answers.get(f"utter_{intent}")
        return (answer.short if answer else None) or "Autre question"

    def is_safety(self, name: str | None) -> bool:
        """Whether a response, by its name, is about an emergency, distress or the like."""
        return name in self.answers and self.answers[name].kind == "safety"

    def sections_of(self, answer: Answer) -> list[str]:
        """The sections of the facts that an answer leans on, in their order, each once.

        A fact about the dossier as a whole, such as its year, counts only where it comes first.
        """
        keys = list(dict.fromkeys(self.facts.facts[fact].section for fact in answer.facts))
        return keys[:1] + [key for key in keys[1:] if key != "dossier"]

    def theme(self, answer: Answer) -> str:
        """What an answer is about: its own theme, else its section of the dossier, else its kind."""
        sections = self.sections_of(answer) if answer.kind == "dossier" else []
        return answer.theme or next(iter(sections), answer.kind)

    def source_line(self, answer: Answer) -> str | None:
        """The line that names the source of an answer, None if the answer states nothing from the dossier."""
        if answer.kind not in ("dossier", "giving"):
            return None
        titles = ", ".join(f"«\u00a0{self.facts.sections[key].title}\u00a0»" for key in self.sections_of(answer))
        return f"Source\u00a0: {self.facts.publisher}, {titles}, {self.facts.year}"

    def article_of(self, answer: Answer | None) -> Link:
        """The link to the full text of what an answer is about, else to the whole dossier."""
        if answer is None or not answer.facts:
            return self.links["dossier"]
        return self.links[self.facts.sections[self.sections_of(answer)[0]].article]

    def placeholders(self) -> dict[str, str]:
        """Values for the {placeholders} that any text may hold: numbers to call, and the website's address."""
        return {**self.contacts, "home": self.links["home"].url}


def _read_answers(path: Path) -> dict[str, Answer]:
    domain = read_mapping(path)
    answers = {}
    for part in ("responses", "action_responses"):
        for name, variations in domain.get(part, {}).items():
            try:
                variation = variations[0]
                metadata = variation["metadata"]
                answers[name] = Answer(
                    name=name,
                    part=part,
                    text=text_field(variation, "text"),
                    kind=metadata["kind"],
                    title=metadata.get("title"),
                    short=metadata.get("short") or metadata.get("title"),
                    facts=tuple(metadata.get("facts", ())),
                    next=tuple(metadata.get("next", ())),
                    notice=bool(metadata.get("notice", False)),
                    theme=metadata.get("theme"),
                )
            except (KeyError, TypeError, IndexError) as error:
                raise field_error(path.name, (part, name), error) from error
    return answers


def load_catalogue(root: Path, environ: Mapping[str, str]) -> Catalogue:
    """Reads all content files and checks that they fit together.

    Args:
        root: the project's folder.
        environ: environment variables, for the addresses that they override.

    Raises:
        ContentError: a file cannot be used, or an answer names a kind, fact or next step that does not exist.
    """
    read = read_catalogue(root, environ)
    for mistake in mistakes(read):
        raise mistake
    return read


def read_catalogue(root: Path, environ: Mapping[str, str]) -> Catalogue:
    """The same, without checking that the files fit together. Raises ContentError if one cannot be used."""
    data = root / "data"
    return Catalogue(
        facts=load_facts(data / "facts.yml"),
        links=load_links(data / "links.yml", environ),
        cancers=load_cancers(data / "cancers.yml"),
        contacts=_read_contacts(data / "contacts.yml"),
        answers=_read_answers(root / "domain.yml"),
    )


def _read_contacts(path: Path) -> dict[str, str]:
    place: Place = ("contacts",)
    numbers = {}
    try:
        for name, contact in read_mapping(path)["contacts"].items():
            place = ("contacts", name)
            numbers[name] = text_field(contact, "number")
    except (KeyError, TypeError, AttributeError) as error:
        raise field_error(path.name, place, error) from error
    return numbers


def mistakes(catalogue: Catalogue) -> Iterator[ContentError]:
    """What does not fit together in a catalogue, one error each, in the order of the files."""
    for answer in catalogue.answers.values():
        yield from _mistakes_of(answer, catalogue)
    for key, section in catalogue.facts.sections.items():
        if section.article not in catalogue.links:
            what = f"la partie «\u00a0{key}\u00a0» cite le lien «\u00a0{section.article}\u00a0», qui n’existe pas."
            yield ContentError("facts.yml", what, ("sections", key))
    for number, cancer in enumerate(catalogue.cancers.values()):
        if cancer.response and cancer.response not in catalogue.answers:
            what = f"«\u00a0{cancer.id}\u00a0» cite la réponse «\u00a0{cancer.response}\u00a0», qui n’existe pas."
            yield ContentError("cancers.yml", what, ("cancers", number))


def _mistakes_of(answer: Answer, catalogue: Catalogue) -> Iterator[ContentError]:
    offers = catalogue.offers()

    def mistake(what: str, *field: str | int) -> ContentError:
        text = f"«\u00a0{answer.name}\u00a0» {what}"
        return ContentError("domain.yml", text, (answer.part, answer.name, 0, "metadata", *field))

    if answer.kind not in KINDS:
        yield mistake(f"a le genre «\u00a0{answer.kind}\u00a0», qui n’est pas parmi {', '.join(KINDS)}.", "kind")
    for number, fact in enumerate(answer.facts):
        if fact not in catalogue.facts.facts:
            yield mistake(f"cite le fait «\u00a0{fact}\u00a0», qui n’est pas dans data/facts.yml.", "facts", number)
    if len(answer.short or "") > MAX_SHORT:
        field = "short" if answer.short != answer.title else "title"
        size = len(answer.short or "")
        yield mistake(
            f"a un titre de {size} caractères, trop long pour les boutons de Messenger et de WhatsApp\u00a0: "
            f"il lui faut un «\u00a0short\u00a0» d’au plus {MAX_SHORT} caractères.",
            field,
        )
    if len(answer.next) > MAX_NEXT_STEPS:
        yield mistake(f"propose plus de {MAX_NEXT_STEPS} suites.", "next")
    for number, step in enumerate(answer.next):
        if step not in offers:
            yield mistake(
                f"propose la suite «\u00a0{step}\u00a0», dont la réponse n’existe pas ou n’a pas de titre.",
                "next",
                number,
            )


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The content of this process, read once."""
    return load_catalogue(ROOT, os.environ)
