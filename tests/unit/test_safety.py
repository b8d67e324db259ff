"""The phrase patterns: what they must catch, and what looks alike and is not."""

import pytest
import yaml

from assistant.content.yaml_file import read_mapping
from assistant.nlu.decision import SAFETY
from assistant.nlu.safety import SafetyPatterns, load_safety
from assistant.settings import ROOT

DATA = ROOT / "data"


@pytest.fixture(scope="module")
def patterns() -> SafetyPatterns:
    return load_safety(DATA / "safety.yml", read_mapping(DATA / "chat_french.yml")["abbreviations"])


@pytest.mark.parametrize(
    "text",
    [
        "J'ai envie d'en finir",
        "je veux mourir",
        "JVE MOURIR",
        "je ne veux plus vivre, et l'immunothérapie ne sert à rien",
        "Ma mère parle de se suicider",
        "ils seraient mieux sans moi",
        "je n'ai plus aucune raison de vivre",
        "je pense à me jeter par la fenêtre",
        "ma tante préparait sa mort sans rien dire",
        "il a mis de côté ses médicaments pour partir en paix",
        "un métro arrive, je serai dessous",
        "je n'ai plus l'intention d'être en vie demain",
        "je veux me suicider, je passe à l'acte ce soir",
        "je me suicide dans cette pièce si on ne m'aide pas",
        "ma fille Juliette veut se suicider",
        "sous héroïne il a voulu se suicider",
        "mes voisins me harcèlent, je vais me jeter par la fenêtre",
        "mon chat est mort, j'ai envie de me jeter par la fenêtre",
        "mon téléphone ne sonne plus, je vais me balancer du balcon",
        "film fini, maintenant je me jette par la fenêtre",
        "sous héroïne il se jette sous le train",
        "j'ai fini ma lettre d'adieu pour mes enfants",
        "ma lettre d'adieu est prête, la retraite je ne la verrai pas",
        "la loi interdit qu'on m'aide à mourir",
    ],
)
def test_suicide(patterns: SafetyPatterns, text: str) -> None:
    assert patterns.judge(text)[0] == "suicide"


@pytest.mark.parametrize(
    "text",
    [
        "je n'arrive plus à respirer",
        "Mon père vient de perdre connaissance après sa perfusion",
        "j'ai une grosse douleur dans la poitrine, c'est l'immuno ?",
        "elle crache du sang",
        "sa langue a gonflé d'un coup",
        "il a 40 de fièvre et délire",
        "j'ai pris par erreur dix comprimés au lieu d'un",
        "mon fils vient d'avaler toute la boîte de cachets",
        "ma voisine, je la vois allongée par terre derrière la porte",
        "elle a glissé dans l'escalier et n'arrive plus à se relever",
        "je suis tombée sur le chat et je ne peux plus me relever",
        "son cœur s'affole et elle voit trouble",
        "dans l'ascenseur il ne répond plus",
        "ma mère bloquée dans l'ascenseur ne répond plus",
        "en voiture il tousse et s'étouffe",
        "après une chute de cheval il a vomi du sang",
        "dans la voiture mon fils mange et il s'étouffe",
        "mon chat est à côté de moi et je vomis du sang",
    ],
)
def test_emergency(patterns: SafetyPatterns, text: str) -> None:
    assert patterns.judge(text)[0] == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "je meurs d'envie de comprendre",
        "ce traitement est mortellement long",
        "je ne veux pas mourir",
        "le suicide cellulaire, c'est quoi ?",
        "je veux en finir avec ces séances",
        "l'attente va me tuer",
        "est-ce que l'immunothérapie donne de la fièvre ?",
        "quels sont les risques de choc allergique ?",
        "ma voiture fait un malaise",
        "la bagnole broute, tousse et s'étouffe",
        "ma chienne vient de vomir du sang",
        "la souris de l'ordi ne réagit plus",
        "pourquoi monte-t-on à 39 de fièvre quand on a une angine ?",
        "où en est la loi sur l'aide à mourir ?",
        "un modèle de lettre d'adieu avant ma retraite",
        "pourquoi Anna Karénine se jette-t-elle sous un train ?",
        "que faire quand la tumeur ne veut pas crever ?",
        "mon banquier va faire un infarctus",
        "je saute dans le métro, à demain",
        "je prends le train de huit heures, je suis sous la pluie",
        "j'ai mis de côté des médicaments pour partir en vacances",
        "pour partir tranquille il me faut une ordonnance",
        "c'est quoi le film où l'acteur saute d'un pont",
        "est-ce qu'on meurt de ce cancer ?",
        "mon imprimante me rend folle, je vais la balancer par la fenêtre",
        "dans quelle scène Roméo se suicide",
        "suicide à quel chapitre ?",
        "ma sœur est tombée malade et ne peut plus marcher longtemps",
        "je suis tombé sur votre dossier et je n'arrive plus à me lever de ma chaise",
        "c'est un suicide commercial d'ouvrir là",
        "les dauphins de ce parc se sont-ils suicidés ?",
        "que coûte un drone suicide ?",
        "il s'est tiré une balle dans le pied avec cette loi",
        "une overdose de séries turques",
    ],
)
def test_look_alikes(patterns: SafetyPatterns, text: str) -> None:
    assert patterns.judge(text)[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "Ma mère nous a quittés en mars",
        "mon mari est décédé hier",
        "papa est mort",
        "nous avons enterré notre fils",
        "elle s'est éteinte à l'hôpital",
        "le cancer l'a emportée à Noël",
        "maman est partie mardi, je voulais vous remercier",
    ],
)
def test_bereavement(patterns: SafetyPatterns, text: str) -> None:
    assert patterns.judge(text)[0] == "bereavement"


@pytest.mark.parametrize(
    "text",
    [
        "Xavier est-il mort ?",
        "mon copain m'a quittée",
        "les cellules mortes",
        "ma batterie est morte",
        "j'ai perdu mon reçu",
        "mon père est mort d'un mélanome en 1992, où en est-on ?",
        "ma femme est décédée il y a vingt ans, je voudrais donner en sa mémoire",
        "il y a quinze ans la maladie nous a enlevé mon oncle, et j'ai perdu le dossier",
        "il y a trente ans le cancer a emporté ma tante, comment donner ?",
        "maman est partie mardi en cure",
    ],
)
def test_what_is_no_bereavement(patterns: SafetyPatterns, text: str) -> None:
    assert patterns.judge(text)[0] is None


@pytest.mark.parametrize("text", ["je flippe à mort", "je suis terrorisée", "on est au bout du rouleau"])
def test_distress(patterns: SafetyPatterns, text: str) -> None:
    assert patterns.judge(text)[0] == "distress"


def test_no_alarm_on_any_phrase_of_a_neutral_intent(patterns: SafetyPatterns) -> None:
    """The training phrases of the other intents are thousands of look-alikes."""
    alarms = []
    for file in (DATA / "nlu").glob("*.yml"):
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if item["intent"] not in SAFETY:
                alarms += [line for line in item["examples"].splitlines() if patterns.judge(line[2:])[0]]
    assert alarms == []


def test_a_harmless_idiom_is_told(patterns: SafetyPatterns) -> None:
    assert patterns.judge("je voudrais mourir moins bête") == (None, frozenset({"suicide"}))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("comme ces dauphins je pense au suicide", "suicide"),
        ("les baleines, c'est mon suicide que je vois en elles", "suicide"),
        ("mon mari regarde les dauphins et il parle de se suicider", "suicide"),
        ("overdose de boulot, je vais me tuer", "suicide"),
        ("me tirer une balle dans le pied ou dans la tête, j'hésite, je veux mourir", "suicide"),
        ("overdose de médicaments, venez vite", "emergency"),
        ("après une overdose de chocolat il ne respire plus", "emergency"),
        ("depuis l'attentat suicide je veux en finir avec la vie", "suicide"),
    ],
)
def test_a_harmless_idiom_excuses_nothing_else(patterns: SafetyPatterns, text: str, intent: str) -> None:
    assert patterns.judge(text)[0] == intent


@pytest.mark.parametrize(
    "text",
    ["mon fils a pris sa décision, demain il ne sera plus là", "j'ai pris congé de tous au lieu de me battre"],
)
def test_an_accident_with_a_medicine_excuses_nothing_else(patterns: SafetyPatterns, text: str) -> None:
    assert "suicide" not in patterns.judge(text)[1]
