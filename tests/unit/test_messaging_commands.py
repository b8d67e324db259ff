import pytest

from assistant.channels.messaging.commands import Command, chosen, command, decision


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start", Command.START),
        ("/start abc", Command.START),
        ("aide", Command.HELP),
        ("Aide !", Command.HELP),
        ("/help", Command.HELP),
        ("?", Command.HELP),
        ("STOP", Command.STOP),
        ("stop.", Command.STOP),
        ("Arrêt", Command.STOP),
        ("arrêtez svp", Command.STOP),
        ("Supprimer mes données", Command.DELETE),
        ("supprimer mes donnees", Command.DELETE),
        ("Bonjour, je voudrais supprimer toutes mes données personnelles s’il vous plaît", Command.DELETE),
        ("pouvez-vous effacer cette conversation ?", Command.DELETE),
        ("Supprimez mes messages, merci.", Command.DELETE),
        ("efface l'historique", Command.DELETE),
        # all else is for the assistant to understand
        ("stop je veux mourir", None),
        ("aidez-moi", None),
        ("à l'aide", None),
        ("aide moi je n'arrive plus à respirer", None),
        ("comment supprimer mes données de santé chez mon médecin ?", None),
        ("est-ce que l'immunothérapie peut supprimer mes cellules ?", None),
        ("arrêter le traitement", None),
        ("pourquoi supprimer mes données ?", None),
        ("je veux supprimer ma vie", None),
        ("j'aimerais tout effacer", None),
        ("bonjour", None),
        ("", None),
    ],
)
def test_commands(text: str, found: Command | None) -> None:
    assert command(text) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("oui", Command.CONFIRM),
        ("Oui !", Command.CONFIRM),
        ("oui, je confirme", Command.CONFIRM),
        ("Oui, tout supprimer", Command.CONFIRM),
        ("non", Command.KEEP),
        ("Non merci", Command.KEEP),
        ("Non, garder", Command.KEEP),
        ("annuler", Command.KEEP),
        ("oui mais c'est efficace ?", None),
        ("je ne respire plus", None),
        ("non je veux mourir", None),
    ],
)
def test_yes_and_no(text: str, found: Command | None) -> None:
    assert decision(text) is found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        (" 2. ", 2),
        ("3)", 3),
        ("n°2", 2),
        ("Numéro 2", 2),
        ("2️⃣", 2),
        ("12", 12),
        ("30 %", None),
        ("deux", None),
    ],
)
def test_numbers(text: str, number: int | None) -> None:
    assert chosen(text) == number
