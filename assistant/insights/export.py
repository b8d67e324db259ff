"""The groups as Rasa training data to look through, `reports/insights-groups.yml`: never read by a training."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.insights.counting import FEW
from assistant.insights.grouping import Group
from assistant.keeping.yaml_text import Block, as_yaml

HEAD = """\
# Messages restés sans réponse, groupés par ressemblance : à relire par une personne, groupe par groupe.
# L’intention proposée n’est qu’une piste. Rien n’en est appris tant que personne ne le recopie dans data/nlu/.
"""
Item = tuple[str, Mapping[str, Any], Sequence[str]]
_ENTITY = re.compile(r"\](?=[({\[])")  # « [a](b) » would be read as an entity


def export(groups: Sequence[Group], rare: bool = False) -> str:
    """The wordings of the groups, under the subject that each group probably belongs to.

    Args:
        groups: in the order of the page, whose numbers they keep.
        rare: also the wordings that few wrote, and the groups of few.
    """
    items: list[Item] = []
    for place, group in enumerate(groups, start=1):
        chosen = group.wordings if rare else group.common
        if not chosen:
            continue
        known = group.count.conversations if group.count.shown else FEW
        told = {
            "groupe": place,
            "conversations": known,
            "sujets_proches": {name: round(share, 2) for name, share in group.nearest},
        }
        items.append((group.place or f"nouveau_sujet_{place}", told, [item.text for item in chosen]))
    return training_data(HEAD, items)


def training_data(head: str, items: Iterable[Item]) -> str:
    """Wordings of visitors as Rasa training data for a person to read; none of them can write an entity into it.

    Args:
        head: the comment that it begins with.
        items: each an intent, what else is known of it, and the wordings, on one line each.
    """
    nlu = [
        {
            "intent": intent,
            "metadata": told,
            "examples": Block("".join(f"- {_ENTITY.sub('] ', text)}\n" for text in texts)),
        }
        for intent, told, texts in items
    ]
    return head.replace(" :", "\u00a0:") + as_yaml({"version": "3.1", "nlu": nlu})
