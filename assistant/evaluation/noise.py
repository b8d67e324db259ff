"""Typing errors made by code, for measuring. Pure functions, without Rasa."""

import random

from assistant.nlu.text import fold

NEIGHBOURS = {
    "a": "zq", "b": "vn", "c": "xv", "d": "sf", "e": "zr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "km", "m": "lp", "n": "b", "o": "ip", "p": "om", "q": "as", "r": "et", "s": "qd", "t": "ry",
    "u": "yi", "v": "cb", "w": "x", "x": "wc", "y": "tu", "z": "ae",
}  # fmt: skip
# How French is misspelt by ear: what is written, and what some write instead.
BY_EAR = [
    ("qu", "k"), ("ph", "f"), ("eau", "o"), ("au", "o"), ("ai", "é"), ("er ", "é "), ("ez ", "é "), ("es ", "e "),
    ("s ", " "), ("t ", " "), ("ent ", "e "), ("mm", "m"), ("nn", "n"), ("ll", "l"), ("tt", "t"), ("ff", "f"),
    ("pp", "p"), ("rr", "r"), ("h", ""), ("c'est", "c"), ("c'est", "sé"), ("ç", "s"), ("oi", "wa"), ("ss", "s"),
    ("en", "an"), ("an", "en"), ("y", "i"), ("x ", " "), ("e ", " "),
]  # fmt: skip
# How people shorten French when they type in haste. Written for measuring, not taken from data/chat_french.yml.
SHORTENED = {
    "pour": "pr", "que": "ke", "qui": "ki", "quoi": "koi", "quel": "kel", "quelle": "kelle", "est-ce": "esk",
    "c'est": "c", "j'ai": "g", "je": "j", "beaucoup": "bcp", "toujours": "tjs", "avec": "avc", "dans": "ds",
    "quand": "qd", "pourquoi": "pk", "parce": "pcq", "comment": "cmt", "tout": "tt", "tous": "ts", "vous": "vs",
    "nous": "ns", "mais": "ms", "même": "mm", "plus": "+", "traitement": "ttt", "immunothérapie": "immuno",
    "chimiothérapie": "chimio", "rendez-vous": "rdv", "s'il": "sil", "bonjour": "bjr", "merci": "mrc", "suis": "sui",
    "faut": "fo", "moins": "-", "sont": "st", "peut": "peu", "peux": "peu", "veux": "veu",
}  # fmt: skip
MIN_LETTERS = 4  # a word of fewer letters is left alone: an error would make another word of it


def typing_error(word: str, rng: random.Random) -> str:
    """The word with one error of the fingers: a letter swapped, left out, doubled or replaced by its neighbour."""
    place = rng.randrange(1, len(word) - 1)
    kind = rng.choice(["swapped", "left out", "doubled", "neighbour"])
    if kind == "swapped":
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "left out":
        return word[:place] + word[place + 1 :]
    if kind == "doubled":
        return word[:place] + word[place] + word[place:]
    neighbours = NEIGHBOURS.get(fold(word[place]))
    return word[:place] + rng.choice(neighbours) + word[place + 1 :] if neighbours else word


def with_typing_errors(text: str, errors: int, rng: random.Random) -> str:
    """The text with errors of the fingers in that many of its words of four letters or more."""
    parts = text.split(" ")
    long_words = [index for index, word in enumerate(parts) if len(word) >= MIN_LETTERS and word.isalpha()]
    for index in rng.sample(long_words, min(errors, len(long_words))):
        parts[index] = typing_error(parts[index], rng)
    return " ".join(parts)


def by_ear(text: str, changes: int, rng: random.Random) -> str:
    """The text misspelt by ear in that many ways, where they apply."""
    text += " "
    possible = [(old, new) for old, new in BY_EAR if old in text]
    for old, new in rng.sample(possible, min(changes, len(possible))):
        text = text.replace(old, new)
    return text.strip()


def without_accents(text: str) -> str:
    """The text in lower case without accents."""
    return fold(text)


def without_apostrophes(text: str, replacement: str = "") -> str:
    """The text with apostrophes left out (« cest »), or replaced (« c est »)."""
    return text.replace("’", replacement).replace("'", replacement)


def with_abbreviations(text: str) -> str:
    """The text in lower case with its common words shortened."""
    words = text.lower().replace("’", "'").split(" ")
    return " ".join(SHORTENED.get(word, word) for word in words)
