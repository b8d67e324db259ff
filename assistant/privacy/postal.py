"""Finding postal addresses: a house number and a street, or a street with its post code. Pure functions.

A street's name has no sure end in a chat message. Words in capitals belong to it, and at most two in small letters,
none of which is one of the words that sentences are made of.
"""

import re
from collections.abc import Iterator

PLACEHOLDER = "[adresse postale]"

_KINDS = (
    r"(?:rue|avenue|ave\.|boulevard|bd\.?|bld\.?|blvd\.?|impasse|imp\.|all[ée]es?|chemin|chem\.|quai|rte\.?|"
    r"lotissement|lot\.|faubourg|fbg|fg|sentier|venelle|esplanade|rond-point|hameau|ruelle|r[ée]sidence|r[ée]s\.|"
    r"square|lieu[- ]dit)(?!\w)"
)
# Words that mean something else too (« 3 cours de gym »): these need a name in capitals or a post code.
_DOUBTFUL_KINDS = (
    r"(?:r|av|ch|pl|place|cours|route|passage|villa|mont[ée]e|c[ôo]te|cit[ée]|clos|domaine|promenade|voie|"
    r"traverse)\b\.?"
)
_JOINS = r"(?:(?:de|du|des|la|le|les|en|aux|au|et|sous|sur|saint|sainte|st|ste)\s+|[ldLD]['’]\s?)"
# Words that end a street's name where it is written in small letters.
_STOPS = (
    r"(?:et|ou|où|mais|donc|or|ni|car|je|j|tu|il|elle|on|nous|vous|ils|elles|mon|ma|mes|ton|ta|son|sa|ses|notre|nos|"
    r"votre|vos|leur|ce|cet|cette|ces|c|ça|ca|cela|qui|que|qu|quoi|quel|quelle|quels|quelles|quand|comment|combien|"
    r"pourquoi|pour|par|avec|sans|dans|chez|depuis|est|es|suis|sont|ai|as|a|à|ont|avez|avons|peut|peux|puis|pouvez|"
    r"dois|doit|faut|veux|voudrais|bonjour|bonsoir|merci|svp|stp|pas|plus|y|se|si|un|une|vers|contre|après|"
    r"avant|sur|m|n|s|t|tel|tél|t[ée]l[ée]phone|mail|e-mail|email|code|immuno\w*|cancer\w*|traitement\w*|effets?|don|dons)"
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’.-]{0,40}"
_SMALL = rf"(?!{_STOPS}\b)[a-zà-öø-ÿ][\w-]{{1,40}}"
_ORDINAL = r"\d{1,2}(?:er|e|ème|eme)?\s+\w+(?:\s+(?:19|20)\d\d)?"  # « rue du 8 mai 1945 »
_CAPITALS = rf"{_CAPITAL}(?:[\s-]+(?:{_JOINS}){{0,3}}{_CAPITAL}){{0,4}}"
_STREET = rf"(?:\s+(?:{_JOINS}){{0,3}}(?:{_ORDINAL}|{_CAPITALS}|{_SMALL}(?:[\s-]+(?:(?:{_JOINS}){{1,3}})?{_SMALL})?))"
_TOWN = rf"(?:{_CAPITAL}(?:[\s-]+(?:(?:{_JOINS}){{0,2}}){_CAPITAL}){{0,3}}|{_SMALL}(?:-[\w-]{{1,40}})?)"
_POST_CODE = r"(?<!\d)(?:F-)?(?:0[1-9]|[1-8]\d|9[0-8]|2[AB])\s?\d{3}(?!\d)"
_CITY = rf"(?:[\s,;.-]{{0,4}}(?:BP\s?\d+[\s,]+)?{_POST_CODE}(?:[\s,]{{1,3}}{_TOWN}(?:\s+cedex(?:\s\d+)?)?)?)"
_NUMBER = r"(?<![\d.,%])(?:n[°o]\s?)?\d{1,4}(?:\s?-\s?\d{1,4})?(?:\s?(?:bis|ter|quater|[a-dA-D])\b)?"
_STREET_KIND = rf"(?i:{_KINDS})"
_ANY_KIND = rf"(?i:{_KINDS}|{_DOUBTFUL_KINDS})"

_PATTERNS = (
    # 12 bis, rue de la Paix, 75002 Paris
    re.compile(rf"{_NUMBER}[\s,]{{1,3}}{_STREET_KIND}{_STREET}(?:\s*,?\s*{_CITY})?"),
    # 3 place du Marché, 3 place du marché 69003 Lyon
    re.compile(
        rf"{_NUMBER}[\s,]{{1,3}}{_ANY_KIND}(?:\s+(?:{_JOINS}){{0,3}}{_CAPITALS}(?:\s*,?\s*{_CITY})?|{_STREET}\s*,?\s*{_CITY})"
    ),
    # rue de la Paix 75002 Paris
    re.compile(rf"\b{_ANY_KIND}{_STREET}\s*,?\s*{_CITY}"),
    # j'habite au 75002 Paris
    re.compile(
        rf"(?i:\b(?:habit\w+|adresse|demeur\w+|domicile|log\w+|code postal|cp|vi[st])\b)"
        rf"(?P<rest>[^\d.!?\ufffc]{{0,25}}?)(?P<city>{_POST_CODE}(?:[\s,]{{1,3}}(?:{_CAPITAL}|{_SMALL})(?:-[\w-]{{1,40}})?)?)"
    ),
)


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """The addresses in a text, as start, end and placeholder, without overlaps."""
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("city") if "city" in pattern.groupindex else match.span()
            if all(end <= low or start >= high for low, high in taken):
                taken.append((start, end))
                yield start, end, PLACEHOLDER
