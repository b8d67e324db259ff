"""Which intents are out of the question for whom or what a message is about. Without Rasa."""

import re

TESTIMONY = "testimony"  # its theme
# The intents about one part of the testimony. « Mon père a été opéré » is not about Xavier's operation.
TESTIMONY_PARTS = frozenset(
    f"testimony_{part}" for part in ("diagnosis", "sentinel_node", "metastasis", "operation", "nodule", "hope")
)
BEREAVEMENT = "bereavement"
# The intents that give rates of response: « combien » of a gift is another question.
RATES = frozenset({"response_rate", "responders", "effectiveness"})
_OWN_PEOPLE = re.compile(
    r"\b(?:mon|ma|mes|notre|nos) (?:beau |belle |grand |grande |petite? |meilleure? )*"
    r"(?:pere|papa|mere|maman|mari|femme|epoux|epouse|conjointe?|compagnon|compagne|copine?|copain|fils|fille|enfants?|frere|"
    r"soeur|parents?|oncle|tante|cousine?|neveu|niece|mamie|papi|mamy|papy|marraine|parrain|amie?|pote|voisine?|collegue)\b"
)
_WITNESS = re.compile(r"\b(?:xavier|temoi\w*|monsieur|patient|homme|histoire|recit|dossier|article|59 ans)\b")
# « Don » alone may be a « donc » without its end.
_GIFT = re.compile(
    r"\b(?:(?:un|le|du|de|des|les|mon|mes|vos|votre|ce|ces|par|en|au|aux) dons?|donations?|donateurs?|donatrices?)\b"
)
_WRITER = re.compile(r"\b(?:je|j|moi|m|me|nous|on)\b")
_AFTER_SOMEBODY = re.compile(r"\b(?:ils?|lui|l)\b")
_SHORT = 6  # words


def is_about_own_people(plain_text: str) -> bool:
    """Whether a message in plain form names the writer's family or friends and nothing of the witness."""
    return bool(_OWN_PEOPLE.search(plain_text)) and not _WITNESS.search(plain_text)


def asks_after_the_witness(plain_text: str) -> bool:
    """Whether a message in plain form, right after the testimony, asks what became of him: « il est mort ? »."""
    words = plain_text.split()
    return (
        len(words) <= _SHORT
        and words[-1:] == ["?"]
        and bool(_AFTER_SOMEBODY.search(plain_text))
        and not _OWN_PEOPLE.search(plain_text)
        and not _WRITER.search(plain_text)
    )


def is_about_a_gift(plain_text: str) -> bool:
    """Whether a message in plain form speaks of gifts."""
    return bool(_GIFT.search(plain_text))
