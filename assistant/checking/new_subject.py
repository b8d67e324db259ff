"""`make new-subject`: asks in French what a new subject needs, and writes it in all the right places."""

import re
import sys
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from assistant.checking import answers
from assistant.checking.check import problems
from assistant.checking.insertion import Subject, insert, write
from assistant.checking.language import typeset
from assistant.checking.problem import quoted
from assistant.checking.project import Project, normal, read_project
from assistant.checking.subjects import MIN_PHRASES, leaked
from assistant.content.catalogue import MAX_NEXT_STEPS, MAX_SHORT, Answer, Catalogue
from assistant.settings import ROOT

OUTSIDE_THEMES = ("outside_treatment", "outside_health", "outside_giving")
_THEMES_ASKED = (
    "De quoi s’agit-il\u00a0? 1 le traitement, 2 la santé et la vie avec la maladie, 3 les dons et la Fondation"
)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_END = "."  # alone on a line, ends what takes several lines
_T = TypeVar("_T")


class RefusedError(ValueError):
    """What was typed cannot be taken; the text says why, in French."""


@dataclass(frozen=True)
class Interview:
    """The questions, one after the other.

    Attributes:
        project: the project that gets the subject.
        content: its catalogue.
        read: shows a prompt and returns what is typed, as `input`; raises EOFError at the end.
        write: shows a line.
    """

    project: Project
    content: Catalogue
    read: Callable[[str], str]
    write: Callable[[str], None]

    def hold(self) -> Subject:
        """Asks everything, each question until its answer is right. Raises EOFError where the person stops."""
        name = self._ask("Nom du sujet, en minuscules et sans accent (exemple\u00a0: treatment_pause)", self._name)
        facts = self._ask(
            "Les faits du dossier qui y répondent, séparés par des virgules (? pour la liste)\u00a0; ou "
            "rien, si le dossier n’en parle pas",
            self._facts,
        )
        if facts:
            theme = self.content.facts.facts[facts[0]].section
            kind = "giving" if theme == "giving" else "dossier"
        else:
            kind, theme = "outside", self._ask(_THEMES_ASKED, _theme)
        answer = Answer(f"utter_{name}", "responses", "", kind, None, None, facts, (), False, None)
        asked = f"La réponse, telle que le visiteur la lira\u00a0; un {quoted(_END)} seul sur une ligne la termine"
        answer = self._ask(asked, lambda text: self._text(answer, text), lines=True)
        asked = "Le titre, la question telle qu’un bouton la montre"
        answer = self._ask(asked, lambda text: self._title(answer, text))
        if len(answer.title or "") > MAX_SHORT:
            asked = f"Le titre court, pour les messageries, en {MAX_SHORT} caractères au plus"
            answer = self._ask(asked, lambda text: self._short(answer, text))
        asked = "Le nom du sujet pour les pages de l’équipe, en quelques mots (rien\u00a0: le titre)"
        staff_name = self._ask(asked, self._staff_name)
        asked = f"Les suites proposées, {MAX_NEXT_STEPS} sujets au plus (? pour la liste, ou rien)"
        answer = self._ask(asked, lambda text: self._next(answer, text))
        phrases = self._phrases()
        asked = "Un message pour le test, autre que ces phrases"
        test = self._ask(asked, lambda text: self._test(phrases, text))
        return Subject(name, theme, answer, phrases, test, staff_name)

    def _ask(self, question: str, take: Callable[[str], _T], lines: bool = False) -> _T:
        """Asks until `take` returns what was typed in its final form instead of raising RefusedError."""
        while True:
            self.write(f"\n{question}\u00a0:")
            text = "\n".join(self._lines()) if lines else self.read("> ").strip()
            try:
                return take(text)
            except RefusedError as refusal:
                self.write(str(refusal))

    def _lines(self) -> list[str]:
        typed: list[str] = []
        while (line := self.read("> ").strip()) != _END:
            typed.append(line)
        return typed

    def _name(self, text: str) -> str:
        if not _NAME.fullmatch(text):
            raise RefusedError("Seulement des lettres minuscules sans accent, des chiffres et _ entre les mots.")
        if text in self.project.intents or f"utter_{text}" in self.content.answers:
            raise RefusedError(f"Le sujet {quoted(text)} existe déjà.")
        return text

    def _facts(self, text: str) -> tuple[str, ...]:
        known = self.content.facts.facts
        if text == "?":
            raise RefusedError("\n".join(f"- {fact.id}\u00a0: {fact.statement}" for fact in known.values()))
        return _chosen(text, known, "n’est pas un fait de data/facts.yml")

    def _text(self, answer: Answer, text: str) -> Answer:
        text = re.sub(r"\n{3,}", "\n\n", typeset(text.strip()))
        if not text:
            raise RefusedError("La réponse est vide.")
        unknown = set(re.findall(r"\{(\w*)\}", text)) - set(self.content.placeholders())
        if unknown:
            names = ", ".join(f"{{{name}}}" for name in self.content.placeholders())
            raise RefusedError(f"{', '.join(sorted(unknown))}\u00a0: entre accolades, il n’y a que {names}.")
        return self._checked(replace(answer, text=text))

    def _title(self, answer: Answer, text: str) -> Answer:
        title = _plain(text)
        if title in self.content.offers().values():
            raise RefusedError("Un autre sujet a déjà ce titre.")
        # Where it is too long, the short title is asked for next.
        short = title if len(title) <= MAX_SHORT else None
        return self._checked(replace(answer, title=title, short=short))

    def _short(self, answer: Answer, text: str) -> Answer:
        return self._checked(replace(answer, short=_plain(text)))

    def _staff_name(self, text: str) -> str | None:
        if not text:
            return None
        name = _plain(text)
        if name in {**self.content.offers(), **self.project.names}.values():
            raise RefusedError("Un autre sujet a déjà ce nom.")
        return name

    def _next(self, answer: Answer, text: str) -> Answer:
        offers = self.content.offers()
        if text == "?":
            raise RefusedError("\n".join(f"- {intent}\u00a0: {title}" for intent, title in offers.items()))
        return self._checked(replace(answer, next=_chosen(text, offers, "n’est pas un sujet qui a un titre")))

    def _checked(self, answer: Answer) -> Answer:
        """The answer, if `make check` would find nothing wrong with it."""
        trial = replace(self.content, answers={**self.content.answers, answer.name: answer})
        found = [problem for check in answers.CHECKS for problem in check(self.project, trial)]
        own = [f"{problem.what}\n    → {problem.mend}" for problem in found if quoted(answer.name) in problem.what]
        if own:
            raise RefusedError("\n".join(own))
        return answer

    def _phrases(self) -> tuple[str, ...]:
        self.write(
            f"\nComment les visiteurs le demandent, une phrase par ligne, {MIN_PHRASES} au moins\u00a0; "
            f"un {quoted(_END)} seul termine\u00a0:"
        )
        others = {phrase.normal: phrase for phrase in self.project.phrases}
        evaluated = {normal(message.text): message.text for message in self.project.messages}
        taken: dict[str, str] = {}
        while True:
            text = self.read(f"{len(taken) + 1}> ").strip().removeprefix("- ")
            said = normal(text)
            if text == _END:
                return tuple(taken.values())
            near = leaked(evaluated, [said])
            if not said or text.startswith("/") or "[" in text:
                self.write("Non retenue\u00a0: il faut des mots, sans / au début ni crochets.")
            elif said in taken:
                self.write("Non retenue\u00a0: vous l’avez déjà écrite.")
            elif said in others:
                self.write(f"Non retenue\u00a0: elle est déjà sous le sujet {quoted(others[said].intent)}.")
            elif near:
                self.write(f"Non retenue\u00a0: elle répète le message d’évaluation {quoted(evaluated[near[0][0]])}.")
            else:
                taken[said] = text

    def _test(self, phrases: tuple[str, ...], text: str) -> str:
        if not normal(text) or text.startswith("/") or "[" in text:
            raise RefusedError("Il faut des mots, sans / au début ni crochets.")
        if leaked([normal(text)], [normal(phrase) for phrase in phrases]):
            raise RefusedError("Ce message répète une des phrases\u00a0: il ne prouverait rien.")
        return text


def _theme(text: str) -> str:
    if text not in ("1", "2", "3"):
        raise RefusedError("Répondez par 1, 2 ou 3.")
    return OUTSIDE_THEMES[int(text) - 1]


def _plain(text: str) -> str:
    """A title in French typography. Raises RefusedError if it is empty or has characters that a title cannot hold."""
    if not text or re.search(r'["\\{}]', typeset(text)):
        raise RefusedError('Il faut un titre, sans guillemet droit ("), barre inverse ni accolade.')
    return typeset(text)


def _chosen(text: str, known: Container[str], wrong: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in known:
            raise RefusedError(f"{quoted(name)} {wrong}.")
    return names


def main(root: Path = ROOT, read: Callable[[str], str] = input, write_line: Callable[[str], None] = print) -> int:
    """Holds the interview, writes the subject, and says what is still missing.

    Args:
        root: the project's folder.
        read: see Interview.
        write_line: see Interview.

    Returns:
        The exit code: 0 if the subject was written, 1 if not.
    """
    project = read_project(root)
    if project.catalogue is None or project.unread:
        write_line("Des fichiers ne sont pas lisibles\u00a0: corrigez d’abord ce que dit «\u00a0make check\u00a0».")
        return 1
    write_line("Ctrl-C arrête à tout moment\u00a0: rien n’est écrit avant la dernière réponse.")
    try:
        subject = Interview(project, project.catalogue, read, write_line).hold()
        texts = insert(project, subject)
        write(root, texts)
    except (EOFError, KeyboardInterrupt):
        write_line("\nArrêté\u00a0: rien n’a été écrit.")
        return 1
    except (ValueError, OSError) as error:
        write_line(f"\nRien n’a été écrit\u00a0: {error}")
        return 1
    write_line("\nÉcrit dans\u00a0: " + ", ".join(texts))
    after = read_project(root)
    missing = [problem for problem in problems(after) if subject.name in problem.what or problem in after.unread]
    for problem in missing:
        write_line(str(problem))
    write_line("Il reste à compléter ce qui précède." if missing else "Rien ne manque.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
