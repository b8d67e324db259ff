"""How a French word sounds, roughly: words that are misspelt by ear sound like what is meant. Without Rasa.

The key only has to be the same for the ways in which people write one word (« docier », « dossier »), and to differ
between most other words.
"""

import re
from functools import lru_cache

# In this order, each on what the ones before left. Capitals are sounds that no later rule reads again.
_RULES = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?<=[^aeéèiouy])em(?=[ae]n[ts]*$)", "m"),
        (r"ph", "f"),
        (r"sch|sh|ch", "C"),
        (r"gn", "N"),
        (r"h", ""),
        (r"gu(?=[eéèêiy])", "G"),
        (r"ge(?=[ao])|g(?=[eéèêiy])", "j"),
        (r"(?<=[^s])ti(?=on|el|al|eu)", "Si"),
        (r"s?c(?=[eéèêiy])|ç|ss", "S"),
        (r"[ck]?qu|[ckq]+", "k"),
        (r"(?<=[aeéèêiouy])s(?=[aeéèêiouy])", "z"),
        (r"S", "s"),
        (r"G", "g"),
        (r"([^e])\1", r"\1"),
        (r"(?:ai[ts]?|aient|é|er|ez|et|ée|ées|és|è[st]?)$", "E"),
        (r"(?:[ae]nt?|[ae]m)s?$", "A"),
        (r"e?aux?", "o"),
        (r"oi|wa|oua", "W"),
        (r"ou|w", "U"),
        (r"œ|oeu|eu", "e"),
        (r"(?:ain|ein|aim|in|im|yn|ym|un|um)(?![aeéèiouyAEIOUW])", "I"),
        (r"(?:an|am|en|em)(?![aeéèiouyAEIOUW])", "A"),
        (r"(?:on|om)(?![aeéèiouyAEIOUW])", "O"),
        (r"(?:es?|[tdxpzsg]+)$", ""),
        (r"ai|ei|ay|ey|[éèêëE]", "e"),
        (r"[yïî]", "i"),
        (r"[àâ]", "a"),
        (r"[ôö]", "o"),
        (r"[ùûü]", "u"),
        (r"(.)\1", r"\1"),
    )
]


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """The key of how a word in lower case sounds, with the accents that it was written with."""
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word
