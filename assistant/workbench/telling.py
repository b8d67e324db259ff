"""An explanation as lines for a terminal. Pure functions."""

from collections.abc import Iterator

from assistant.checking.problem import quoted
from assistant.workbench.explaining import Explanation

BAR = 20  # characters of a score of 100 %
_NBSP = "\u00a0"


def lines(why: Explanation) -> Iterator[str]:
    """What the workbench shows beside a message, one thing a line."""
    if why.understood:
        score = f" ({why.understood.percent})" if why.decided_by_score else ""
        yield f"Compris{_NBSP}: {quoted(why.understood.name)}{score} [{why.understood.intent}]"
    yield f"Décision{_NBSP}: {why.decision}"
    if why.repaired:
        yield f"Lu comme{_NBSP}: {quoted(why.repaired)}"
    yield from (f"{item.what}{_NBSP}: {item.value} [{item.technical}]" for item in (*why.entities, *why.slots))
    for subject in why.subjects:
        bar = "█" * round(subject.score * BAR)
        yield f"  {bar:<{BAR}} {subject.percent:>5}  {subject.name} [{subject.intent}]"
    yield from (f"  {signal}" for signal in why.signals)
    yield from (f"Fait{_NBSP}: {action.does} [{action.name}]" for action in why.actions)
    if why.rule:
        yield f"Règle{_NBSP}: {quoted(why.rule.name)}, {why.rule.file}"
    for origin in why.origins:
        yield f"Réponse{_NBSP}: {origin.kind} [{origin.answer}]"
        for fact, section in origin.facts:
            yield f"  {fact.statement} [{fact.id}]"
            if fact.source:
                yield f"    {quoted(fact.source)}"
            yield f"    Dossier {origin.year}, {quoted(section)}{f', {fact.speaker}' if fact.speaker else ''}"
