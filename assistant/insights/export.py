"""The groups as Rasa training data to look through, `reports/insights-groups.yml`: never read by a training."""

import re
from collections.abc import Sequence

import yaml

from assistant.insights.counting import FEW
from assistant.insights.grouping import Group

HEAD = """\
# Messages restés sans réponse, groupés par ressemblance : à relire par une personne, groupe par groupe.
# L’intention proposée n’est qu’une piste. Rien n’en est appris tant que personne ne le recopie dans data/nlu/.
"""
_ENTITY = re.compile(r"\](?=[({\[])")  # « [a](b) » would be read as an entity


class _Literal(str):
    """A text that YAML shows line by line."""


class _Dumper(yaml.SafeDumper):
    """YAML as the files in data/nlu are written."""


_Dumper.add_representer(_Literal, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, "|"))


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
                "examples": _Literal("".join(lines)),
            }
        )
    content = {"version": "3.1", "nlu": items}
    return HEAD.replace(" :", "\u00a0:") + yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False)
