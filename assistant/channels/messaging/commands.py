"""What people write to a bot rather than ask it: STOP, aide, /start, « Supprimer mes données ». Pure functions.

Only a message that says nothing else is a command: « STOP je veux mourir » is for the assistant to understand.
"""

import re
from enum import Enum

from assistant.nlu.text import fold


class Command(Enum):
    """What a message asks of the channel itself."""

    START = "start"
    HELP = "help"
    STOP = "stop"
    DELETE = "delete"
    CONFIRM = "confirm"
    KEEP = "keep"


CONFIRM_PAYLOAD, KEEP_PAYLOAD = "/confirm_deletion", "/keep_conversation"
# The choices below the question whether all shall be deleted; at most 20 characters each.
OWN_CHOICES = {CONFIRM_PAYLOAD: "Oui, tout supprimer", KEEP_PAYLOAD: "Non, garder"}
_OWN_PAYLOADS = {
    "/start": Command.START,
    "/help": Command.HELP,
    "/stop": Command.STOP,
    "/delete": Command.DELETE,
    CONFIRM_PAYLOAD: Command.CONFIRM,
    KEEP_PAYLOAD: Command.KEEP,
}
_POLITE_BEFORE = (
    r"(?:bonjour |bonsoir )?(?:je (?:veux|voudrais|souhaite|souhaiterais|demande a) |j aimerais |merci de |veuillez |"
    r"(?:pouvez|pourriez|voulez) vous |(?:peux|pourrais) tu |il faut )?"
)
_POLITE_AFTER = r"(?: (?:svp|stp|s il vous plait|s il te plait|merci|maintenant|tout de suite|de suite))*"
_MINE = (
    r"(?:(?:toutes )?(?:mes|les|ces) (?:donnees|messages|infos|informations|echanges)(?: personnelles)?|"
    r"(?:tout )?(?:mon|l) historique|(?:toute )?(?:ma|la|cette|notre) (?:conversation|discussion))"
)
_TEXTS = (
    (Command.START, r"/start\b.*|/demarrer|/commencer"),
    (Command.HELP, r"/?(?:help|aide|menu|\?)"),
    (Command.STOP, r"/?(?:stop|arret|arrete|arretez|arreter|unsubscribe|desabonner|desinscrire)"),
    (Command.DELETE, r"/(?:delete|supprimer|effacer)|delete my data|suppression de mes donnees"),
    (Command.DELETE, rf"(?:supprim|effac)(?:er|e|es|ez) {_MINE}"),
)
_COMMANDS = [(command, re.compile(rf"{_POLITE_BEFORE}(?:{pattern}){_POLITE_AFTER}")) for command, pattern in _TEXTS]
_YES = re.compile(
    r"(?:oui|ouais|o|yes|ok|d accord|je confirme|confirmer|c est sur|vas y|allez y)"
    r"(?: (?:oui|je confirme|merci|svp|bien sur|tout supprimer|supprimer?|supprimez|tout))*"
)
_NO = re.compile(r"(?:non|no|nan|annuler|annule|annulez)(?: (?:merci|garder|gardez|annuler|annule|annulez))*")
_NUMBER = re.compile(r"(?:n ?[°o] ?|num[eé]ro )?([0-9]{1,2})(?: ?[.)]| ?\ufe0f?\u20e3)?", re.IGNORECASE)


def _normal(text: str) -> str:
    """Folded, with single spaces, punctuation and pictures left out except a slash in front and a lone « ? »."""
    folded = fold(text.replace("’", " ").replace("'", " ")).strip()
    if folded == "?":
        return folded
    front = "/" if folded.startswith("/") else ""
    return front + " ".join(re.findall(r"[a-z0-9]+", folded))


def command(text: str) -> Command | None:
    """The command that a text is, None if it is something else."""
    normal = _normal(text)
    for found, pattern in _COMMANDS:
        if pattern.fullmatch(normal):
            return found
    return None


def command_of_payload(payload: str) -> Command | None:
    """The command of a button's payload, None if the payload is one of the assistant's."""
    return _OWN_PAYLOADS.get(payload.split(" ")[0])


def decision(text: str) -> Command | None:
    """Whether a text says yes or no to the deletion, where that was just asked; None if it says something else."""
    normal = _normal(text)
    if _YES.fullmatch(normal):
        return Command.CONFIRM
    return Command.KEEP if _NO.fullmatch(normal) else None


def chosen(text: str) -> int | None:
    """The number that a text is, such as « 2 », « 2. » or « n° 2 »; None if it says something else."""
    match = _NUMBER.fullmatch(text.strip())
    return int(match[1]) if match else None
