"""Why the assistant answered what it answered, read from the stored events. Pure functions, without Rasa.

What is made here is in French, for people who do not program; technical names stand beside the French ones.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.checking.problem import quoted
from assistant.content.catalogue import Catalogue
from assistant.content.facts import Fact
from assistant.history import SILENT_ACTIONS, Event
from assistant.insights.subjects import GONE, KIND_NAMES, subject_names
from assistant.nlu.decision import (
    FALLBACK,
    LISTEN,
    OTHER_LANGUAGE,
    PRIVACY,
    URGENT,
    Guess,
    Signals,
    Thresholds,
    read_thresholds,
)
from assistant.nlu.text import REPAIRED
from assistant.settings import ROOT
from assistant.workbench.rules import Rule, read_rules

MOST_SUBJECTS, FEWEST_SUBJECTS = 5, 2  # of the likeliest that are shown
_LEAST = 0.005  # a score that is not shown as 0 %
_NBSP = "\u00a0"
# What the actions do, by the name of their module's class in actions/.
ACTIONS = {
    "action_affirm": "Répond à « oui » d’après ce qui vient d’être proposé",
    "action_default_fallback": "Demande de préciser, avec des sujets proches à choisir",
    "action_deny": "Répond à « non » d’après ce qui vient d’être proposé",
    "action_donation_options": "Donne les façons de faire un don, avec leurs adresses",
    "action_follow_up_cancer": "Repose la dernière question pour le cancer nommé",
    "action_full_article": "Donne l’adresse de l’article dont il vient d’être question",
    "action_personal_advice": "Dit à qui demander conseil, ou redit qui appeler si c’était une urgence",
    "action_repeat": "Redit la dernière réponse",
    "action_response_rate": "Donne le taux de réponse, en général ou pour le cancer nommé",
}


@dataclass(frozen=True)
class Subject:
    """A subject that a message may be about: its intent, its French name, and how likely it is (0 to 1)."""

    intent: str
    name: str
    score: float

    @property
    def percent(self) -> str:
        """The score in per cent."""
        return percent(self.score)


@dataclass(frozen=True)
class Action:
    """What was done: Rasa's name of it, and what it does, in French."""

    name: str
    does: str


@dataclass(frozen=True)
class Named:
    """Something that a message names, or that the conversation remembers: French name, value, technical form."""

    what: str
    value: str
    technical: str


@dataclass(frozen=True)
class Origin:
    """What one answer leans on.

    Attributes:
        answer: name of the response.
        kind: what kind of answer it is, in French.
        facts: the facts, each with the title of its section.
        year: of the dossier.
    """

    answer: str
    kind: str
    facts: tuple[tuple[Fact, str], ...]
    year: int


@dataclass(frozen=True)
class Explanation:
    """One message and what became of it.

    Attributes:
        message_id: id of the message.
        text: the message as it is stored; of a button what it asks.
        is_button: whether a button was pressed.
        repaired: how the spelling repair read it; None where it changed nothing but capitals.
        understood: the subject that it was taken for; None where Rasa had no part in the turn.
        decided_by_score: whether the score of the whole message decided it.
        decision: how it was decided, a French sentence.
        signals: what else was known, French sentences.
        subjects: the likeliest subjects of the whole message, the likeliest first.
        entities: what the message names.
        slots: what the conversation remembers since, or forgot.
        rule: the rule that led to the action.
        policy: the part of Rasa that chose the action.
        actions: what was done.
        origins: the answers, with what they lean on.
    """

    message_id: str
    text: str
    is_button: bool
    repaired: str | None
    understood: Subject | None
    decided_by_score: bool
    decision: str
    signals: tuple[str, ...]
    subjects: tuple[Subject, ...]
    entities: tuple[Named, ...]
    slots: tuple[Named, ...]
    rule: Rule | None
    policy: str | None
    actions: tuple[Action, ...]
    origins: tuple[Origin, ...]


def load_explainer(content: Catalogue) -> "Explainer":
    """An explainer with the names, rules and thresholds of the project. Raises ContentError if one cannot be read."""
    names, rules = subject_names(content), read_rules(ROOT / "data" / "rules")
    return Explainer(content, names, rules, read_thresholds(ROOT / "config.yml"))


def percent(share: float) -> str:
    """A share from 0 to 1 as « 92 % »."""
    return f"{share * 100:.0f}{_NBSP}%"


def _plain(text: str) -> str:
    """The text as it is compared: without capitals, and the spaces around marks."""
    return "".join(text.lower().replace("’", "'").split())


class Explainer:
    """Explains the turns of conversations."""

    def __init__(
        self, content: Catalogue, names: Mapping[str, str], rules: Mapping[str, Rule], limits: Thresholds
    ) -> None:
        """Takes the content, the French names of the intents, the rules by intent, and the decision's thresholds."""
        self._content = content
        self._names = names
        self._rules = rules
        self._limits = limits

    def explain(self, events: Sequence[Event]) -> list[Explanation]:
        """The turns of a conversation, oldest first.

        Args:
            events: all its events as dictionaries, oldest first.
        """
        explanations = []
        remembered: dict[str, Any] = {}
        for asked, following in _turns(events):
            explanations.append(self._turn(asked, following, remembered))
        return explanations

    def _turn(self, asked: Event, following: Sequence[Event], remembered: dict[str, Any]) -> Explanation:
        parsed = asked.get("parse_data") or {}
        text = asked.get("text") or ""
        is_button = text.startswith("/")
        intent = (parsed.get("intent") or {}).get("name")
        decision, signals = self._decision(parsed, is_button)
        done = [
            event for event in following if event.get("event") == "action" and event.get("name") not in SILENT_ACTIONS
        ]
        rule = self._rules.get(intent or "")
        return Explanation(
            message_id=asked.get("message_id") or "",
            text=self._content.offers().get(text[1:], text) if is_button else text,
            is_button=is_button,
            repaired=None if is_button else _repaired(text, parsed.get(REPAIRED)),
            understood=self._subject(intent, (parsed.get("intent") or {}).get("confidence")) if intent else None,
            decided_by_score=_decided_by_score(parsed),
            decision=decision,
            signals=signals,
            subjects=() if is_button else self._subjects(parsed),
            entities=tuple(self._entity(entity, text) for entity in parsed.get("entities") or []),
            slots=tuple(_slots(following, remembered)),
            rule=rule if rule and done and done[0].get("name") == rule.action else None,
            policy=next((event["policy"] for event in done if event.get("policy")), None),
            actions=tuple(self._action(event["name"]) for event in done),
            origins=tuple(self._origins(following)),
        )

    def _name(self, intent: str) -> str:
        return self._names.get(intent, GONE)

    def _subject(self, intent: str, score: Any) -> Subject:
        return Subject(intent, self._name(intent), float(score or 0))

    def _subjects(self, parsed: Mapping[str, Any]) -> tuple[Subject, ...]:
        """The likeliest subjects of the whole message; not the one that something else than it decided on."""
        chosen = (parsed.get("intent") or {}).get("name")
        of_whole = _decided_by_score(parsed)
        ranked = [
            self._subject(item["name"], item["confidence"])
            for item in parsed.get("intent_ranking") or []
            if item.get("name") not in (None, FALLBACK) and (of_whole or item["name"] != chosen)
        ]
        ranked.sort(key=lambda subject: -subject.score)
        likely = sum(subject.score >= _LEAST for subject in ranked)
        return tuple(ranked[: min(MOST_SUBJECTS, max(likely, FEWEST_SUBJECTS))])

    def _decision(self, parsed: Mapping[str, Any], is_button: bool) -> tuple[str, tuple[str, ...]]:
        if is_button:
            return "Une suite proposée a été choisie par son bouton. Rien n’était à deviner.", ()
        decision = parsed.get("decision")
        if not decision:
            return "Rien n’est noté sur la décision.", ()
        signals = Signals.of_json(decision["signals"])
        told = tuple(self._signals(signals, with_whole=not _decided_by_score(parsed)))
        return self._reason(decision["reason"], signals, parsed["intent"]), told

    def _guess(self, guess: Guess) -> str:
        return f"{quoted(self._name(guess.intent))}, {percent(guess.confidence)}"

    def _reason(self, reason: str, signals: Signals, chosen: Mapping[str, Any]) -> str:
        score, limits = percent(chosen.get("confidence") or 0.0), self._limits
        if reason == "pattern" and signals.pattern == OTHER_LANGUAGE:
            return "Le message est écrit dans un autre alphabet que le nôtre."
        if reason == "pattern" and signals.pattern == PRIVACY:
            return "Le message ne contient que des données personnelles, masquées."
        if reason == "unsure":
            return (
                f"Aucun sujet n’est assez sûr. Le plus proche est {self._guess(signals.whole)}{_NBSP}; "
                f"il faut au moins {percent(limits.answer)}. L’assistant demande de préciser."
            )
        is_safety = chosen.get("name") in (*URGENT, *LISTEN) and chosen["confidence"] >= limits.safety_sentence
        least = percent(limits.safety_sentence if is_safety else limits.subject_sentence)
        sentences = {
            "pattern": "Le message contient une tournure qu’il ne faut jamais manquer (data/safety.yml).",
            "choice": "Le message choisit l’une des suites proposées juste avant.",
            "message": f"Le message entier est assez clair{_NBSP}: {score}. Il faut au moins {percent(limits.answer)}.",
            "sentence": f"Une de ses phrases l’emporte{_NBSP}: {score}. Il faut au moins {least}.",
        }
        return sentences.get(reason, reason)

    def _signals(self, signals: Signals, with_whole: bool) -> Iterator[str]:
        if with_whole:
            yield f"Message entier{_NBSP}: {self._guess(signals.whole)}."
        for number, guess in enumerate(signals.sentences, start=1):
            yield f"Phrase {number}{_NBSP}: {self._guess(guess)}."
        if signals.pattern:
            yield f"Tournure reconnue{_NBSP}: {quoted(self._name(signals.pattern))}."
        if signals.choice:
            yield f"Suite choisie{_NBSP}: {quoted(self._name(signals.choice))}."
        if signals.follows:
            yield "Message court, après un sujet\u00a0: les sujets voisins ont pris de l’avance."

    def _entity(self, entity: Mapping[str, Any], text: str) -> Named:
        value = str(entity.get("value"))
        cancer = self._content.cancers.get(value) if entity.get("entity") == "cancer" else None
        typed = text[entity.get("start") or 0 : entity.get("end") or 0]
        meant = cancer.label if cancer else value
        shown = f"{quoted(typed)} → {meant}" if typed else meant
        what = "Cancer" if cancer else str(entity.get("entity"))
        return Named(what, shown, f"{entity.get('entity')}: {value}")

    def _action(self, name: str) -> Action:
        if name in ACTIONS:
            return Action(name, ACTIONS[name])
        if name in self._content.answers:
            answer = self._content.answers[name]
            return Action(name, f"Donne la réponse {quoted(self._names.get(answer.intent, name))}")
        return Action(name, "Étape de Rasa")

    def _origins(self, following: Iterable[Event]) -> Iterator[Origin]:
        base = self._content.facts
        for event in following:
            answer = self._content.answers.get((event.get("metadata") or {}).get("answer") or "")
            if event.get("event") == "bot" and answer:
                facts = tuple((base.facts[id_], base.sections[base.facts[id_].section].title) for id_ in answer.facts)
                yield Origin(answer.name, KIND_NAMES[answer.kind], facts, base.year)


def _turns(events: Iterable[Event]) -> Iterator[tuple[Event, list[Event]]]:
    """Each message of a person with the events up to the next one."""
    asked: Event | None = None
    following: list[Event] = []
    for event in events:
        if event.get("event") == "user":
            if asked:
                yield asked, following
            asked, following = event, []
        else:
            following.append(event)
    if asked:
        yield asked, following


def _decided_by_score(parsed: Mapping[str, Any]) -> bool:
    return bool((parsed.get("decision") or {}).get("reason") == "message")


def _repaired(text: str, repaired: str | None) -> str | None:
    return repaired if repaired and _plain(repaired) != _plain(text) else None


def _slots(following: Iterable[Event], remembered: dict[str, Any]) -> Iterator[Named]:
    """The slots that change, written down in `remembered`."""
    for event in following:
        name, value = event.get("name"), event.get("value")
        if event.get("event") == "slot" and isinstance(name, str) and remembered.get(name) != value:
            before, remembered[name] = remembered.get(name), value
            yield Named(name, f"{_shown(before)} → {_shown(value)}", f"{name}: {value}")


def _shown(value: Any) -> str:
    return "rien" if value is None else str(value)
