import asyncio
import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml
from matplotlib.figure import Figure
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError

from actions.fallback import CANNOT_ANSWER, UNSURE
from assistant.content.catalogue import Catalogue
from assistant.insights import __main__ as command
from assistant.insights import pictures
from assistant.insights.counting import REFUSALS, Count, percent_text, tally, total, total_text
from assistant.insights.export import export
from assistant.insights.grouping import Group, Wording, evened, grouped
from assistant.insights.report import render
from assistant.insights.subjects import files_of_phrases, subject_names
from assistant.privacy import records
from assistant.privacy.export import ZONE
from assistant.privacy.masking import Masking
from assistant.settings import ROOT, read_settings
from assistant.stores import tracker
from assistant.stores.feedback import FeedbackGiven
from assistant.stores.masked import mask_events
from assistant.stores.opened import LinkOpened

CONVERSATIONS = 3000
DAYS = 25
FIRST = datetime(2026, 10, 28, 9, 41, 7, tzinfo=ZONE)
PARKING = ("Où se garer à l’hôpital ?", "ou se garer à l'hôpital", "Où est le parking de l’hôpital ?")
CALL_ME = "Pouvez-vous <b>me rappeler</b> au 06 98 76 54 32 ?"  # several wrote it, as people of one family may
TOKEN = "i" * 40


def letters(number: int) -> str:
    """A number in letters, as names are."""
    return str(number).translate(str.maketrans("0123456789", "abcdefghij"))


@dataclass
class Person:
    """One generated conversation, and what must never be seen of it."""

    number: int
    channel: str = "widget"
    events: list[Event] = field(default_factory=lambda: [SessionStarted()])

    @property
    def sender(self) -> str:
        return f"sender-secret-{self.number:05d}"

    @property
    def time(self) -> float:
        return FIRST.timestamp() + 86400 * (self.number % DAYS)

    @property
    def planted(self) -> list[str]:
        """Personal data: what is masked, then what is not, a name and a place."""
        number = f"{self.number:04d}"
        return [
            f"06 11 22 {number[:2]} {number[2:]}",
            f"nom{number}@exemple.fr",
            f"Prénom{letters(self.number)}",
            f"Ville{letters(self.number)}",
        ]

    def ask(self, text: str, intent: str, *answers: str, **ranking: float) -> None:
        rankings = [{"name": name, "confidence": value} for name, value in {intent: 0.9, **ranking}.items()]
        parsed = {"intent": rankings[0], "intent_ranking": rankings, "entities": [], "text": text}
        asked = UserUttered(text, rankings[0], [], parsed, self.time, self.channel, message_id=f"m{len(self.events)}")
        said = [BotUttered("…", {}, {"answer": name}, self.time) for name in answers]
        self.events += [asked, *said]

    def open_link(self, link: str) -> None:
        """Opens a link of the answer that was given last, to the message before it."""
        last = self.events[-2]
        assert isinstance(last, UserUttered)
        self.events.append(LinkOpened(f"{last.message_id}.0", link))


def people() -> Iterator[Person]:
    """3000 conversations in six kinds, and a few that are too few to be shown."""
    for number in range(CONVERSATIONS):
        person = Person(number, "whatsapp" if number % 4 == 3 else "widget")
        kind = number % 6
        if kind == 0:
            person.ask("c'est quoi ?", "definition", "utter_definition", "utter_notice")
            person.ask("/full_article", "full_article", "utter_full_article_from_home")
            if number % 12 == 0:
                person.open_link("home")
            if number == 0:
                person.events.append(LinkOpened("m1.7", "home"))  # no answer of this conversation
            person.events.append(FeedbackGiven("m", "utter_definition", False))
            person.events.append(FeedbackGiven("m", "utter_definition", number % 12 == 0))
        elif kind == 1:
            person.ask("c'est remboursé ?", "cost", "utter_cost")
            person.ask("et le prix ?", "cost", "utter_cost")
        elif kind == 2:
            person.ask("/donate", "donate", "utter_donate")
            if number < 12:  # two of them
                person.open_link("donation")
        elif kind == 3:
            wording = PARKING[number // 6 % 3]
            person.ask(wording, "nlu_fallback", "utter_nlu_fallback", where_treated=0.3, daily_life=0.05)
        elif kind == 4:
            phone, mail, name, town = person.planted
            story = f"Je m’appelle {name}, de {town}, tél. {phone} ou {mail}"
            person.ask(story, "off_topic", "utter_off_topic", personal_advice=0.02)
        else:
            person.ask("je n'en peux plus", "distress", "utter_distress")
        yield person
    for number in range(CONVERSATIONS, CONVERSATIONS + 4):
        person = Person(number, "telegram" if number % 2 else "Canal de Prénom9999")
        person.ask(CALL_ME, "nlu_fallback", "utter_cannot_answer", talk_to_human=0.2)
        if number < CONVERSATIONS + 2:
            person.ask("un legs", "legacy", "utter_legacy")
            person.ask("/Nom_de_Prénom9999", "Nom_de_Prénom9999", "utter_Prénom9999")
        yield person


def fill(store: tracker.ConversationStore, everybody: Sequence[Person], content: Catalogue, masked: bool) -> None:
    """Stores the conversations as the store does, all at once, and masked or not."""
    masking = Masking(content.contacts.values())
    rows = []
    for person in everybody:
        if masked:
            mask_events(person.events, masking)
        rows += [tracker.row_of(person.sender, event) for event in person.events]
    with store.session_scope() as session:
        session.bulk_insert_mappings(store.SQLEvent, rows)
        session.commit()


def stored(folder: Path, everybody: Sequence[Person], content: Catalogue, masked: bool) -> str:
    """The address of a new database with these conversations."""
    found = f"sqlite:///{folder / 'c.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": found}))
        store = tracker.ConversationStore(domain=Domain.empty())
    fill(store, everybody, content, masked)
    return found


@pytest.fixture(scope="module", params=[True, False], ids=["masked", "not masked"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, content: Catalogue) -> str:
    return stored(tmp_path_factory.mktemp("store"), list(people()), content, request.param)


@pytest.fixture(scope="module")
def found(address: str, content: Catalogue) -> command.Insights:
    return command.gather(read_settings({"DATABASE_URL": address}), content)


@pytest.fixture(scope="module")
def page(found: command.Insights) -> str:
    return render(found)


def cells(page: str, caption: str, name: str) -> list[str]:
    """The cells of a row of the table whose caption begins so."""
    (table,) = re.findall(rf"<caption>{re.escape(caption)}.*?</table>", page, re.DOTALL)
    (row,) = re.findall(rf'<tr><th scope="row">{re.escape(html.escape(name))}</th>(.*?)</tr>', table)
    return re.findall("<td>(.*?)</td>", row)


def groups_of(page: str) -> list[str]:
    return re.findall(r'<section class="card group".*?</section>', page, re.DOTALL)


def test_the_figures_are_exact(page: str) -> None:
    sixth = CONVERSATIONS // 6
    # The four on channels of few could else be reckoned back.
    assert "<b>au moins 3\u202f000</b>" in page
    assert f"<b>{sixth * 8 + 8:,}</b>".replace(",", "\u202f") in page
    # A quarter of all on WhatsApp, of kinds 1, 3 and 5 in equal parts.
    assert cells(page, "Conversations et messages par canal", "WhatsApp (API Cloud de Meta)") == ["750", "1\u202f000"]
    assert cells(page, "Conversations et messages par canal", "Site web") == ["2\u202f250", "3\u202f000"]
    assert cells(page, "Sujets demandés", "L’immunothérapie, qu’est-ce que c’est\u00a0?")[1:4] == ["500", "500", "0"]
    assert cells(page, "Sujets demandés", "Lire la suite")[1:4] == ["500", "500", "500"]
    assert cells(page, "Sujets demandés", "Prix et remboursement")[:4] == ["hors du dossier", "500", "1\u202f000", "0"]
    assert cells(page, "Sujets demandés", "Faire un don")[1:4] == ["500", "500", "500"]
    assert cells(page, "Ce que sont devenus", "Message sans réponse (non compris ou hors sujet)")[:2] == [
        "1\u202f004",
        "1\u202f004",
    ]
    assert cells(page, "Ce que sont devenus", "Réponse tirée du dossier, ou sur le don") == [
        "1\u202f000",
        "1\u202f500",
        "37\u00a0%",
    ]
    assert cells(page, "Ce que sont devenus", "Urgence, détresse ou demande d’avis personnel")[:2] == ["500", "500"]
    assert cells(page, "Avis donnés", "L’immunothérapie, qu’est-ce que c’est\u00a0?") == ["250", "250"]
    article = "Qu’est-ce que l’immunothérapie anti-tumorale\u00a0?"
    assert cells(page, "Articles dont", article) == ["500", "500", "250"]
    assert cells(page, "Façons de donner", "Faire un don") == ["500", "500", "moins de 3"]
    assert cells(page, "Sujets hors du dossier", "Prix et remboursement") == ["500", "1\u202f000"]


def test_days_add_up_and_hide_what_could_be_reckoned_back(page: str, found: command.Insights) -> None:
    assert page.count('<th scope="row">28/10/2026</th>') == 1
    # The first four days each have one more conversation on a channel of few.
    assert cells(page, "Conversations par jour et par canal", "28/10/2026")[-2:] == ["au moins 120", "non montré"]
    quiet = cells(page, "Conversations par jour et par canal", "10/11/2026")
    assert quiet[-2:] == ["120", str(sum(m.day == date(2026, 11, 10) for m in found.material.messages))]


def test_few_are_not_counted_exactly(page: str) -> None:
    assert cells(page, "Conversations et messages par canal", "Telegram") == ["moins de 3", "non montré"]
    assert cells(page, "Conversations et messages par canal", "Autre") == ["moins de 3", "non montré"]
    assert cells(page, "Sujets hors du dossier", "Legs, mécénat, bénévolat") == ["moins de 3", "non montré"]
    assert cells(page, "Ce que sont devenus", "Aucune réponse enregistrée")[0] == "0"


def test_nobody_can_be_recognised(page: str, found: command.Insights) -> None:
    shown = html.unescape(page.lower()) + export(found.groups).lower()
    for person in people():
        assert person.sender not in shown
        assert not [secret for secret in person.planted if secret.lower() in shown]
    for secret in ("sender-secret", "prénom9999", "06 98 76 54 32", "09:41", "9 h 41", "09 h 41", "m’appelle prénom"):
        assert secret not in shown
    assert "je m'appelle" not in shown  # each told it in words of their own


def test_wording_is_shown_from_three_conversations_on(page: str, found: command.Insights) -> None:
    groups = groups_of(page)
    (parking,) = [group for group in groups if "garer" in group]
    texts = dict(re.findall(r"<li>(.*?) <span class=\"soft\">\((.*?) conversations\)", parking))
    # Two of the three wordings are the same but for sign and letter.
    assert {html.unescape(text): many for text, many in texts.items()} == {
        "où se garer à l'hôpital": "167",
        "ou se garer à l'hôpital": "167",
        "où est le parking de l'hôpital": "166",
    }
    assert "500 conversations" in parking
    assert "Mots communs&nbsp;: hôpital, garer, parking." in parking
    assert "Où se faire soigner (30\u00a0%)" in parking
    assert "«\u00a0Où se faire soigner\u00a0» (data/nlu/outside_treatment.yml, intention where_treated)" in parking
    (call,) = [group for group in groups if "rappeler" in group]
    assert "pouvez-vous &lt;b&gt;me rappeler&lt;/b&gt; au [numéro de téléphone]" in call
    assert "4 conversations" in call
    (stories,) = [group for group in groups if "Formulations rares" in group]
    assert "500 conversations" in stories
    assert "<li>" not in stories
    assert "Mots communs&nbsp;: appelle, tél." in stories
    assert "Sans rapport avec le sujet" in stories


def test_the_export_is_training_data_to_look_through(found: command.Insights) -> None:
    text = export(found.groups)
    assert text.startswith("# Messages restés sans réponse")
    examples = RasaYAMLReader().reads(text).training_examples
    assert {example.get("intent") for example in examples} == {"where_treated", "talk_to_human"}
    assert {evened(PARKING[0]), evened(PARKING[2])} <= {example.get("text") for example in examples}
    assert not [example for example in examples if example.get("entities")]
    (parking,) = [item for item in yaml.safe_load(text)["nlu"] if item["intent"] == "where_treated"]
    assert parking["metadata"]["conversations"] == 500
    assert parking["metadata"]["sujets_proches"]["where_treated"] == 0.3


def test_the_page_is_accessible_and_french(page: str) -> None:
    assert page.lstrip().startswith("<!DOCTYPE html>")
    assert '<html lang="fr">' in page
    assert page.count("<img") == 4
    assert len(re.findall(r'<img src="data:image/png;base64,[^"]+" alt="[^"]{20,}"', page)) == 4
    assert page.count("<table>") == page.count("<caption>") == 8
    words = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert not re.search(r"[^\s\u00a0][:;!?»](?=\s)|«(?!\u00a0)| [;:!?%»]", html.unescape(words))
    links, ids = re.findall('href="#(.*?)"', page), re.findall(' id="(.*?)"', page)
    assert set(links) <= set(ids)
    assert len(ids) == len(set(ids))


def test_an_empty_store_and_one_that_never_was(tmp_path: Path, content: Catalogue) -> None:
    file = tmp_path / "none" / "c.db"
    for _ in range(2):
        empty = command.gather(read_settings({"DATABASE_URL": f"sqlite:///{file}"}), content)
        assert "Aucune conversation n’est enregistrée" in render(empty)
        assert yaml.safe_load(export(empty.groups)) == {"version": "3.1", "nlu": []}
        assert not (tmp_path / "none" / "c.db").exists()
        file = tmp_path / "other.db"


def test_nothing_is_written_to_the_database(address: str) -> None:
    engine = records.open_database(address)
    with records._reading(engine) as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(sql("DELETE FROM events"))


def test_rare_wording_needs_the_token(
    content: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    address = stored(tmp_path, list(people())[:60], content, masked=False)

    def run(typed: str, **environ: str) -> int:
        monkeypatch.setattr(command, "settings", lambda: read_settings({"DATABASE_URL": address, **environ}))
        monkeypatch.setattr("sys.argv", ["insights", "--rare"])
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return command.main()

    monkeypatch.setattr(command, "FOLDER", tmp_path / "reports")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    names = command.names_of(content)
    monkeypatch.setattr(command, "names_of", lambda _: names)
    assert run(TOKEN) == run("", INSIGHTS_TOKEN="") == 1
    assert "INSIGHTS_TOKEN" in capsys.readouterr().err
    assert run("another\n", INSIGHTS_TOKEN=TOKEN) == run("\n", INSIGHTS_TOKEN=TOKEN) == 1
    assert not (tmp_path / "reports").exists()
    assert run(f"{TOKEN}\n", INSIGHTS_TOKEN=TOKEN) == 0
    files = {file.name: file for file in (tmp_path / "reports").iterdir()}
    assert set(files) == {"insights-rare.html", "insights-groups-rare.yml"}
    for file in files.values():
        assert file.stat().st_mode & 0o777 == 0o600
        text = html.unescape(file.read_text(encoding="utf-8"))
        assert "je m'appelle prénome, de villee, tél. [numéro de téléphone] ou [adresse e-mail]" in text
        assert "sender-secret" not in text
        assert "06 11 22" not in text
    assert "Ne la partagez pas" in files["insights-rare.html"].read_text(encoding="utf-8")


def test_the_store_is_read_in_batches_without_names(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = records.open_database(address)
    whole = list(records.all_conversations(engine, ["user", "bot"]))
    monkeypatch.setattr(records, "BATCH", 7)
    assert list(records.all_conversations(engine, ["user", "bot"])) == whole
    assert len(whole) == CONVERSATIONS + 4
    assert "secret" not in str(whole)


def test_counting() -> None:
    assert tally([("a", 1), ("a", 1), ("b", 1), ("b", 2)]) == {"b": Count(2, 2), "a": Count(1, 2)}
    assert Count(2, 40).conversations_text == "moins de 3"
    assert Count(2, 40).messages_text == "non montré"
    assert Count(0, 0).conversations_text == "0"
    assert total_text([Count(4, 4), Count(2, 2)]) == "au moins 4"
    assert total_text([Count(1, 4)]) == total_text([Count(1, 4), Count(2, 2)]) == "moins de 3"
    assert not total([Count(1, 4), Count(2, 2)]).shown
    assert total([Count(4, 5), Count(2, 2)]) == Count(4, 5)
    assert total_text([Count(4, 4), Count(0, 0)]) == "4"
    assert percent_text(Count(3, 3), Count(4, 4)) == "75\u00a0%"
    assert percent_text(Count(2, 3), Count(4, 4)) == "non montré"


def test_refusals_are_those_of_the_actions() -> None:
    assert {UNSURE, CANNOT_ANSWER} < set(REFUSALS)


def wording(text: str, *writers: int, **ranking: float) -> Wording:
    return Wording(text, frozenset(writers), len(writers), ranking)


def test_likeness_makes_groups_and_one_wording_stays_alone() -> None:
    vectors = {"a": [1, 0], "b": [0.9, np.sqrt(1 - 0.81)], "c": [0, 1]}
    items = [wording("a", 1, 2, x=0.4), wording("b", 2, 3, 4, x=0.1, off_topic=0.8), wording("c", 5)]
    first, second = grouped(items, lambda texts: [vectors[text] for text in texts])
    assert [item.text for item in first.wordings] == ["a", "b"]
    assert first.count == Count(4, 5)
    assert dict(first.nearest) == {"x": pytest.approx((0.4 * 2 + 0.1 * 3) / 5)}
    assert first.off_topic == pytest.approx(0.48)
    assert second.place is None
    assert [group.wordings for group in grouped(items[:1], lambda texts: [])] == [(items[0],)]
    assert grouped([], lambda texts: []) == []


def test_places() -> None:
    def group(off_topic: float, **nearest: float) -> Group:
        return Group((), Count(3, 3), tuple(nearest.items()), off_topic)

    assert group(0.6, cost=0.25).place == "cost"
    assert group(0.6, cost=0.1).place == "off_topic"
    assert group(0.1, cost=0.1).place is None


def test_visitors_cannot_write_entities_into_the_export() -> None:
    group = Group((wording("[le foie](cancer) - x: y", 1, 2, 3),), Count(3, 3), (), 0.0)
    (example,) = RasaYAMLReader().reads(export([group])).training_examples
    assert example.get("text") == "[le foie] (cancer) - x: y"
    assert not example.get("entities")


def test_every_subject_has_a_name_and_a_file(content: Catalogue) -> None:
    intents = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    names = subject_names(content)
    assert set(intents) == set(names) & set(intents)
    assert len(set(names.values())) == len(names)
    assert set(intents) - set(files_of_phrases(ROOT / "data" / "nlu")) == {"nlu_fallback"}


@pytest.mark.parametrize("count", [1, 2, 3, 10, 11, 25, 400])
def test_no_day_is_named_twice_under_the_bars(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Figure] = []
    monkeypatch.setattr(pictures, "as_data", lambda figure: drawn.append(figure) or "")
    pictures.days({date(2026, 1, 1) + timedelta(days=n): Count(4, 5) for n in range(count)})
    (axes,) = drawn[0].axes
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names[0] == "01/01"
    assert len(set(names)) == len(names) == min(count, len(names)) <= 10


def test_the_store_itself_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: Catalogue) -> None:
    """What ConversationStore saves, through its own door, is found again."""
    config = read_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'c.db'}"})
    monkeypatch.setattr(tracker, "settings", lambda: config)
    store = tracker.ConversationStore(domain=Domain.empty())
    person = Person(0)
    person.ask("c'est quoi ?", "definition", "utter_definition")
    asyncio.run(store.save(tracker.DialogueStateTracker.from_events(person.sender, person.events)))
    (message,) = command.gather(config, content).material.messages
    assert (message.intent, message.answers, message.channel) == ("definition", ("utter_definition",), "widget")
    assert message.day == FIRST.date()
