"""Checks of what is understood: subjects, phrases, rules, dialogue tests, evaluation. Each yields its problems."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from assistant.checking.problem import Problem, quoted
from assistant.checking.project import DOMAIN, EVALUATION, FALLBACK, NAMES, Message, Phrase, Project, Step, normal

MIN_PHRASES = 25
MIN_MESSAGES, MIN_REGISTERS = 10, 5
REGISTERS = {"formal", "spoken", "sms", "keyword", "story", "negative", "typo"}
COUNTED_SETS = (f"{EVALUATION}/in_scope.jsonl", f"{EVALUATION}/outside.jsonl")  # those that hold every subject
NEAR = 88  # similarity (0 to 100) from which two wordings of MIN_WORDS words or more count as the same
MIN_WORDS = 4
_UNKNOWN = "Corrigez ce nom, ou ajoutez-le sous «\u00a0intents\u00a0» dans domain.yml."


def complete(project: Project) -> Iterator[Problem]:
    """Subjects without enough phrases, without a rule or without an answer."""
    counts = Counter(intent for intent, _ in {(phrase.intent, phrase.text) for phrase in project.phrases})
    ruled = {step.intent for step in project.rules if step.intent}
    for intent, line in project.intents.items():
        if intent != FALLBACK and counts[intent] < MIN_PHRASES:
            what = f"le sujet {quoted(intent)} a {counts[intent]} phrases, il en faut au moins {MIN_PHRASES}."
            yield Problem(DOMAIN, line, what, "Ajoutez dans data/nlu/ d’autres façons de poser la question.")
        if intent not in ruled:
            what = f"aucune règle ne dit ce que l’assistant répond au sujet {quoted(intent)}."
            yield Problem(DOMAIN, line, what, "Ajoutez une règle dans data/rules/, sur le modèle de ses voisines.")
        if f"utter_{intent}" not in _responses(project):
            what = f"le sujet {quoted(intent)} n’a pas de réponse {quoted(f'utter_{intent}')}."
            yield Problem(DOMAIN, line, what, "Ajoutez-la sous «\u00a0responses\u00a0» dans domain.yml.")


def _responses(project: Project) -> set[str]:
    parts = (project.domain.get(part) for part in ("responses", "action_responses"))
    return {name for part in parts if isinstance(part, dict) for name in part}


def unknown(project: Project) -> Iterator[Problem]:
    """Subjects that phrases, rules, dialogue tests or evaluation messages name and domain.yml does not list."""
    seen: set[tuple[str, str | None]] = set()
    for phrase in project.phrases:
        if phrase.intent not in project.intents and (phrase.file, phrase.intent) not in seen:
            seen.add((phrase.file, phrase.intent))
            line = max(phrase.line - 2, 1)
            yield Problem(phrase.file, line, f"le sujet {quoted(phrase.intent)} n’existe pas.", _UNKNOWN)
    for phrase in project.follow_ups:
        for intent in (phrase.after, phrase.intent):
            if intent not in project.intents and (phrase.file, intent) not in seen:
                seen.add((phrase.file, intent))
                yield Problem(phrase.file, phrase.line, f"le sujet {quoted(str(intent))} n’existe pas.", _UNKNOWN)
    for step in [*project.rules, *project.dialogue_steps]:
        if step.intent and step.intent not in project.intents:
            what = f"{quoted(step.name)} nomme le sujet {quoted(step.intent)}, qui n’existe pas."
            yield Problem(step.file, step.line, what, _UNKNOWN)
    for message in project.messages:
        for intent in (message.intent, *message.also):
            if intent not in project.intents:
                what = f"le sujet {quoted(intent)} n’existe pas."
                yield Problem(message.file, message.line, what, _UNKNOWN)


def rules(project: Project) -> Iterator[Problem]:
    """Rules and dialogue tests that answer with something that does not exist, or that lack a half."""
    known = _responses(project) | set(project.domain.get("actions") or ())
    by_rule: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in project.rules:
        by_rule[step.file, step.name].append(step)
    for (file, name), steps in by_rule.items():
        if not any(step.intent for step in steps):
            what = f"la règle {quoted(name)} ne dit pas à quel sujet elle répond."
            yield Problem(file, steps[0].line, what, "Ajoutez l’étape «\u00a0- intent: …\u00a0».")
        if not any(step.action for step in steps):
            what = f"la règle {quoted(name)} ne dit pas ce que l’assistant répond."
            yield Problem(file, steps[0].line, what, "Ajoutez l’étape «\u00a0- action: utter_…\u00a0».")
    for step in [*project.rules, *project.dialogue_steps]:
        if step.action and step.action not in known and step.action != "action_listen":
            what = f"{quoted(step.name)} répond par {quoted(step.action)}, qui n’existe pas."
            yield Problem(step.file, step.line, what, "Corrigez ce nom, ou ajoutez la réponse dans domain.yml.")


def repeated(project: Project) -> Iterator[Problem]:
    """The same phrase, but for accents, capitals and punctuation, under two subjects, or so after the same subject."""
    first: dict[tuple[str | None, str], Phrase] = {}
    for phrase in [*project.phrases, *project.follow_ups]:
        if not phrase.normal:  # « ? », « !!! »: what is left says nothing, the classifier does not see it
            continue
        other = first.setdefault((phrase.after, phrase.normal), phrase)
        if other.intent != phrase.intent:
            what = (
                f"la phrase {quoted(phrase.text)} est sous {quoted(phrase.intent)} et déjà sous "
                f"{quoted(other.intent)} ({other.file}, ligne {other.line})."
            )
            yield Problem(phrase.file, phrase.line, what, "Gardez-la sous un seul des deux sujets.")


def learnt(project: Project) -> Iterator[Problem]:
    """Evaluation messages that a training phrase repeats or nearly repeats: they would prove nothing."""
    phrases: dict[str, Phrase] = {phrase.normal: phrase for phrase in [*project.phrases, *project.follow_ups]}
    places: dict[str, Message] = {}
    for message in project.messages:
        places.setdefault(normal(message.text), message)
    for said, near in leaked(places, phrases):
        phrase, message = phrases[near], places[said]
        what = f"{quoted(phrase.text)} répète le message d’évaluation {quoted(message.text)}"
        what += f" ({message.file}, ligne {message.line})."
        mend = "Changez ou supprimez cette phrase\u00a0: ce qui a été appris ne mesure plus rien."
        yield Problem(phrase.file, phrase.line, what, mend)


def leaked(messages: Iterable[str], phrases: Iterable[str]) -> list[tuple[str, str]]:
    """Messages that a training phrase repeats or nearly repeats, each with the phrase; all of them normalised."""
    known = set(phrases)
    targets = sorted((phrase for phrase in known if len(phrase.split()) >= MIN_WORDS), key=len)
    lengths = [len(phrase) for phrase in targets]
    found = []
    for message in messages:
        if message and message in known:
            found.append((message, message))
        elif len(message.split()) >= MIN_WORDS:
            # Nearer than this, no two texts can be whose lengths differ more.
            least = len(message) * NEAR / (200 - NEAR)
            most = len(message) * (200 - NEAR) / NEAR
            alike = targets[bisect_left(lengths, least) : bisect_right(lengths, most)]
            near = process.extractOne(message, alike, scorer=fuzz.ratio, score_cutoff=NEAR)
            if near:
                found.append((message, near[0]))
    return found


def named(project: Project) -> Iterator[Problem]:
    """Subjects that the staff's pages have no name for, names of no subject, and names that two subjects share."""
    if NAMES not in project.documents or project.catalogue is None:
        return
    document, titles = project.documents[NAMES], project.catalogue.offers()
    for intent, line in project.intents.items():
        if intent not in project.names and intent not in titles:
            what = f"le sujet {quoted(intent)} n’a pas de nom pour les pages de l’équipe."
            mend = f"Ajoutez {quoted(f'{intent}: …')} dans {NAMES}, ou un titre à sa réponse."
            yield Problem(DOMAIN, line, what, mend)
    first: dict[str, str] = {}
    for intent, name in {**titles, **project.names}.items():
        if intent in project.names and intent not in project.intents:
            what = f"{quoted(intent)} n’est pas un sujet."
            yield Problem(NAMES, document.line("subjects", intent), what, "Corrigez ce nom, ou supprimez cette ligne.")
        other = first.setdefault(name, intent)
        if other != intent:
            what = f"{quoted(name)} est le nom de deux sujets, {quoted(other)} et {quoted(intent)}."
            mend = "Donnez à chacun un nom que l’équipe reconnaît."
            yield Problem(NAMES, document.line("subjects", intent), what, mend)


def evaluated(project: Project) -> Iterator[Problem]:
    """Subjects that too few evaluation messages ask for, or in too few ways."""
    registers: dict[str, list[str]] = defaultdict(list)
    for message in project.messages:
        if message.file in COUNTED_SETS:
            registers[message.intent].append(message.register)
    for intent in _to_evaluate(project):
        given = registers[intent]
        if len(given) < MIN_MESSAGES or len(set(given) & REGISTERS) < MIN_REGISTERS:
            what = (
                f"le sujet {quoted(intent)} a {len(given)} messages d’évaluation de {len(set(given))} sortes\u00a0; "
                f"il en faut {MIN_MESSAGES}, de {MIN_REGISTERS} sortes."
            )
            mend = f"Demandez à d’autres personnes de les écrire\u00a0; ils vont dans {' ou '.join(COUNTED_SETS)}."
            yield Problem(DOMAIN, project.intents[intent], what, mend)


def _to_evaluate(project: Project) -> Iterator[str]:
    answers = project.catalogue.answers.values() if project.catalogue else ()
    for answer in answers:
        offered = answer.title and answer.kind in ("dossier", "giving")
        if (answer.kind == "outside" or offered) and answer.intent in project.intents:
            yield answer.intent


CHECKS = (complete, unknown, rules, repeated, learnt, named, evaluated)
