"""Whether a message speaks of the writer's own people, and so not of the witness of the dossier. Without Rasa."""

import re

# The intents about one part of the testimony. « Mon père a été opéré » is not about Xavier's operation.
TESTIMONY_PARTS = frozenset(
    f"testimony_{part}" for part in ("diagnosis", "sentinel_node", "metastasis", "operation", "nodule", "hope")
)
_OWN_PEOPLE = re.compile(
    r"\b(?:mon|ma|mes|notre|nos) (?:beau |belle |grand |grande |petite? |meilleure? )*"
    r"(?:pere|papa|mere|maman|mari|femme|epoux|epouse|conjointe?|compagnon|compagne|copine?|copain|fils|fille|enfants?|frere|"
    r"soeur|parents?|oncle|tante|cousine?|neveu|niece|mamie|papi|mamy|papy|marraine|parrain|amie?|pote|voisine?|collegue)\b"
)
_WITNESS = re.compile(r"\b(?:xavier|temoi\w*|monsieur|patient|homme|histoire|recit|dossier|article|59 ans)\b")


def is_about_own_people(plain_text: str) -> bool:
    """Whether a message in plain form names the writer's family or friends and nothing of the witness."""
    return bool(_OWN_PEOPLE.search(plain_text)) and not _WITNESS.search(plain_text)
