"""The groups as Rasa training data to look through, `reports/insights-groups.yml`: never read by a training."""

import re
from collections.abc import Sequence

from assistant.insights.counting import FEW
from assistant.insights.grouping import Group
from assistant.keeping.yaml_text import Block, as_yaml

HEAD = """\
# Messages restés sans réponse, groupés par ressemblance : à relire par une personne, groupe par groupe.
# L’intention proposée n’est qu’une piste. Rien n’en est appris tant que personne ne le recopie dans data/nlu/.
"""
_ENTITY = re.compile(r"\](?=[({\[])")  # « [a](b) » would be read as an entity


def export(groups: Sequence[Group], rare: bool = False) -> str:
    """The wordings of the groups, under the subject that each group probably belongs to.

    Args:
        groups: in the order of the page, whose numbers they keep.
        rare: also the wordings that few wrote, and the groups of few.
    """
    items = []
    for place, group in enumerate(groups, start=1):
        chosen = group.wordings if rare else group.common
        if not chosen:
            continue
        known = group.count.conversations if group.count.shown else FEW
        lines = (f"- {_ENTITY.sub('] ', item.text)}\n" for item in chosen)
        items.append(
            {
                "intent": group.place or f"nouveau_sujet_{place}",
                "metadata": {
                    "groupe": place,
                    "conversations": known,
                    "sujets_proches": {name: round(share, 2) for name, share in group.nearest},
                },
                "examples": Block("".join(lines)),
            }
        )
    content = {"version": "3.1", "nlu": items}
    return HEAD.replace(" :", "\u00a0:") + as_yaml(content)
