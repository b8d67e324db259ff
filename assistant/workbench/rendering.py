"""The pages of the workbench, made from what the other modules know. jinja2, without Rasa."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.channels.gate import Gate
from assistant.channels.rendering import widget_answer, widget_messages
from assistant.content.catalogue import KINDS
from assistant.history import Event
from assistant.insights.subjects import KIND_NAMES, subject_names
from assistant.nlu.decision import FALLBACK
from assistant.pages.making import environment
from assistant.settings import Settings
from assistant.workbench.explaining import Explanation, load_explainer
from assistant.workbench.looks import LOOKS, WIDGET, Bubble, bubbles

FOLDER = Path(__file__).parent / "pages"
FILES = ("style.css", "script.js")
SHOWN = ("user", "bot", "feedback")
NOTICE = "utter_notice"
# What a page says where a request is not served, by the code of the refusal: its title and a text.
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "bad_request": ("Demande refusée", "Cette demande n’a pas la forme attendue. Revenez à l’atelier et recommencez."),
    "bad_origin": ("Demande refusée", "Cette demande ne vient pas d’une page de l’atelier."),
    "not_found": ("Page introuvable", "Cette page n’existe pas, ou la conversation n’est plus la même."),
    "bad_method": ("Demande refusée", "Cette adresse ne s’utilise pas ainsi."),
    "bad_type": ("Demande refusée", "Cette demande ne vient pas d’un formulaire de l’atelier."),
    "too_large": ("Demande trop longue", "Ce texte est trop long."),
    "too_slow": ("Demande interrompue", "La demande n’est pas arrivée à temps. Recommencez."),
    "too_many": ("Trop d’essais", "Trop d’essais depuis cette adresse. Réessayez dans {retry_after}\u00a0secondes."),
    "unknown_payload": ("Bouton inconnu", "Ce bouton n’existe plus. Revenez à l’atelier et recommencez."),
    "unavailable": (
        "L’assistant ne répond pas",
        "Il ne répond pas pour le moment. Réessayez dans un instant.",
    ),
    "unwritable": ("Rien n’a été noté", "Le serveur ne peut pas écrire dans la liste à relire."),
    "internal": ("Erreur", "Une erreur est survenue. Réessayez\u00a0; si elle revient, prévenez l’équipe technique."),
}


@dataclass(frozen=True)
class Turn:
    """A message with what is seen of the answer to it, and why it was answered so."""

    why: Explanation
    bubbles: tuple[Bubble, ...]


class Pages:
    """Makes the pages.

    Attributes:
        names: of the subjects.
        files: the style and the script of the pages, by name.
    """

    def __init__(self, gate: Gate, config: Settings, base: str) -> None:
        """Reads names, rules, thresholds and files.

        Args:
            gate: for what the assistant says by itself.
            config: the settings.
            base: address of the workbench, without a slash at its end.

        Raises:
            ContentError: a file cannot be used.
        """
        self._gate = gate
        self._content = gate.content
        self.names = subject_names(self._content)
        self.files = {name: (FOLDER / name).read_bytes() for name in FILES}
        self._explainer = load_explainer(self._content)
        self._templates = environment(FOLDER)
        self._templates.globals |= {
            "base": base,
            "looks": LOOKS,
            "max_characters": config.max_characters,
            "new_id": lambda: str(uuid.uuid4()),
        }

    def page(self, name: str, *, signed_in: bool = True, error: Exception | None = None, **values: Any) -> str:
        """A page as HTML.

        Args:
            name: of its template.
            signed_in: whether it offers to sign out.
            error: what was wrong in a form, a FormError.
            values: what else the template shows.
        """
        return self._templates.get_template(f"{name}.html.j2").render(signed_in=signed_in, error=error, **values)

    def problem(self, code: str, details: Mapping[str, Any], signed_in: bool) -> str:
        """The page that says why a request is not served."""
        title, text = PROBLEMS.get(code, PROBLEMS["internal"])
        return self.page("problem", signed_in=signed_in, title=title, text=text.format(**details))

    def turns(self, events: Sequence[Event], look: str = WIDGET) -> list[Turn]:
        """The turns of a conversation, oldest first.

        Args:
            events: all its events.
            look: the channel that they are drawn for, one of LOOKS.
        """
        messages = widget_messages([event for event in events if event.get("event") in SHOWN], self._content)
        turns: list[Turn] = []
        for why in self._explainer.explain(events):
            answers = [message for message in messages if message["id"].startswith(f"{why.message_id}.")]
            if look != WIDGET and not turns:
                answers = self._with_notice(answers)
            turns.append(Turn(why, tuple(bubbles(look, answers, self._content))))
        return turns

    def opening(self, look: str) -> list[Bubble]:
        """What is seen before the first message: nothing on a messaging channel, where a person writes first."""
        return bubbles(look, [self._own("utter_greet")], self._content) if look == WIDGET else []

    def subjects(self) -> dict[str, list[tuple[str, str]]]:
        """The subjects that a message can be about, with their names, by the French name of their kind."""
        groups: dict[str, list[tuple[str, str]]] = {KIND_NAMES[kind]: [] for kind in KINDS}
        for intent, name in self.names.items():
            answer = self._content.answers.get(f"utter_{intent}")
            if intent != FALLBACK:
                groups[KIND_NAMES[answer.kind if answer else "conversation"]].append((intent, name))
        return {kind: sorted(subjects, key=lambda item: item[1].casefold()) for kind, subjects in groups.items()}

    def _with_notice(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The first answers on a messaging channel, which end with the notice that a machine speaks."""
        known = self._content.answers
        if any(answer["answer"] in known and known[answer["answer"]].notice for answer in answers):
            return answers
        return [*answers, self._own(NOTICE)]

    def _own(self, response: str) -> dict[str, Any]:
        return widget_answer(self._gate.own_answer(response), self._content, response, 0.0)
