"""What French typography and good manners ask of a text. Pure functions."""

import re

NO_BREAK = "\u00a0"
_RULES = (
    (re.compile(r"\w'\w"), "l’apostrophe est droite (')", "Remplacez ' par ’."),
    (
        re.compile(rf"(?<!{NO_BREAK})[;!?%»]|(?<!{NO_BREAK}):(?!\w|//)"),
        "il manque une espace insécable avant le signe",
        "Mettez une espace insécable (U+00A0) devant : ; ! ? % », à la place de l’espace ordinaire s’il y en a une.",
    ),
    (
        re.compile(rf"«(?!{NO_BREAK})"),
        "il manque une espace insécable après «",
        "Mettez une espace insécable (U+00A0) juste après «.",
    ),
    (re.compile(r"\.\.\."), "les points de suspension sont trois points", "Remplacez ... par …."),
    (re.compile(r"  "), "deux espaces se suivent", "Supprimez-en une."),
)
_ENGLISH = re.compile(
    r"\b(?:the|and|is|are|you|your|with|this|that|these|please|what|how|which|from|have|has|does|not|of|to|it|we|"
    r"treatment|todo|fixme|lorem|ipsum)\b",
    re.IGNORECASE,
)
_FAMILIAR = re.compile(r"\b(?:tu|toi|ton|ta|tes|te)\b", re.IGNORECASE)


def typography(text: str) -> list[tuple[str, str, str]]:
    """What French typography forbids in a text: the passage, what is wrong and how to mend it, both in French."""
    found = []
    for pattern, what, mend in _RULES:
        found += [(_around(text, match), what, mend) for match in pattern.finditer(text)]
    return found


def _around(text: str, match: re.Match[str]) -> str:
    """What was found with the word before it, on one line."""
    before = text[: match.start()].rpartition("\n")[2][-14:].replace(NO_BREAK, " ")
    after = text[match.end() :].partition("\n")[0][:8].replace(NO_BREAK, " ")
    return f"{before}{match[0]}{after}".strip()


def english(text: str) -> list[str]:
    """English words in a French text, each once."""
    return list(dict.fromkeys(word.lower() for word in _ENGLISH.findall(text)))


def familiar(text: str) -> list[str]:
    """Words that address the visitor as « tu », each once."""
    return list(dict.fromkeys(word.lower() for word in _FAMILIAR.findall(text)))


def typeset(text: str) -> str:
    """A text as it was typed, with the apostrophes, quotation marks and spaces of French typography."""
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = re.sub(r'"([^"\n]*)"', r"«\1»", text)
    text = text.replace("...", "…")
    text = re.sub(r"(?<=\S)[ \u00a0\u202f]*([;!?%»])", rf"{NO_BREAK}\1", text)
    text = re.sub(r"(?<=\S)[ \u00a0\u202f]*:(?!\w|//)", f"{NO_BREAK}:", text)
    text = re.sub(r"«[ \u00a0\u202f]*", f"«{NO_BREAK}", text)
    return re.sub(r"(?<=\S) {2,}", " ", text)
