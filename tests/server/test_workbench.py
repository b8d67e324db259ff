"""The staff's workbench over HTTP: who comes in, what is shown and kept, and that visitors' figures know nothing."""

import json
import time
import uuid

import jwt
import pytest
import requests
import yaml

from tests.server.conftest import Server
from tests.server.guarded import Guarded
from tests.server.workbench import OTHER_ORIGIN, PATH, WORKBENCH_TOKEN, Staff, shown

GETS = ("/", "", "/again?turn=1", "/keep", "/misunderstood?turn=1", "/nothing")
POSTS = ("/sign-in", "/sign-out", "/message", "/new", "/again", "/adopt", "/keep", "/misunderstood", "/nothing")
SECRET_TEXT = "motquenullogneconnait"


@pytest.fixture(scope="module")
def staff(guarded: Guarded) -> Staff:
    return Staff(guarded)


@pytest.fixture(autouse=True)
def _new_conversation(request: pytest.FixtureRequest) -> None:
    if "staff" in request.fixturenames:
        request.getfixturevalue("staff").post("/new")


def test_without_a_token_there_is_no_workbench(server: Server) -> None:
    for method, paths in (
        ("GET", (*GETS, "/style.css", "/script.js")),
        ("POST", POSTS),
        ("OPTIONS", ("/", "/message")),
        ("DELETE", ("/",)),
    ):
        for path in paths:
            answer = requests.request(
                method, server.base + PATH + path, headers={"Origin": server.base}, data={"token": "x"}, timeout=30
            )
            assert (answer.status_code, answer.text) == (404, "Not found\n"), (method, path)


def test_nothing_is_reached_without_signing_in(guarded: Guarded) -> None:
    stranger = Staff(guarded, token=None)
    for path in GETS:
        answer = stranger.get(path)
        assert answer.status_code == (200 if path in ("", "/") else 401), path
        assert "Jeton de l’atelier" in answer.text and "Se déconnecter" not in answer.text
    for path in POSTS:
        if path != "/sign-in":
            assert stranger.post(path, text="a", id=str(uuid.uuid4())).status_code == 401, path
    wrong = stranger.post("/sign-in", token=WORKBENCH_TOKEN + "x")
    assert wrong.status_code == 401
    assert "Ce n’est pas le bon jeton." in wrong.text
    assert "Set-Cookie" not in wrong.headers and WORKBENCH_TOKEN not in wrong.text


def test_forged_cookies_open_nothing_and_real_ones_end_in_hours(guarded: Guarded, staff: Staff) -> None:
    claims = jwt.decode(staff.cookie, options={"verify_signature": False})
    stranger = Staff(guarded, token=None)
    forged = jwt.encode({**claims, "exp": int(time.time()) + 60}, "s" * 40, algorithm="HS256")
    for cookie in ("x", forged, staff.cookie[:-4] + "AAAA", jwt.encode(claims, None, algorithm="none")):
        stranger.cookie = cookie
        assert stranger.get("/keep").status_code == 401
    assert claims["exp"] - time.time() < 5 * 3600
    assert claims["sub"].startswith("workbench-")


def test_a_session_ends_where_one_signs_out(guarded: Guarded, staff: Staff) -> None:
    staff.say("qui a réalisé le dossier ?")
    leaving = Staff(guarded, token=None)
    leaving.cookie = staff.cookie
    answer = leaving.post("/sign-out")
    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert "Message 1" not in staff.get().text  # the conversation is gone with it


def test_forms_of_other_websites_are_refused(staff: Staff) -> None:
    for path in POSTS:
        assert staff.post(path, origin=OTHER_ORIGIN, id=str(uuid.uuid4()), text="a").status_code == 403, path
        assert staff.call("POST", path, data={"text": "a"}).status_code == 403, path
    assert staff.post("/message", origin="null", id=str(uuid.uuid4()), text="a").status_code == 403
    assert "Message 1" not in staff.get().text


def test_every_answer_has_strict_headers(guarded: Guarded, staff: Staff) -> None:
    answers = [staff.get(), staff.get("/style.css"), staff.get("/nothing"), Staff(guarded, None).get()]
    for part in ("HttpOnly", "Path=/webhooks/workbench", "SameSite=Strict", "Max-Age="):
        assert part in staff.signed_in.headers["Set-Cookie"]
    for answer in [*answers, staff.signed_in]:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert WORKBENCH_TOKEN not in staff.get().text


def test_bad_requests_get_a_french_page(staff: Staff) -> None:
    assert staff.get("/nothing").status_code == 404
    for method, path, status in (("DELETE", "/", 405), ("GET", "/message", 405), ("OPTIONS", "/keep", 405)):
        assert staff.call(method, path).status_code == status
    origin = {"Origin": staff._base}
    assert staff.call("POST", "/message", json={}, headers=origin).status_code == 415
    assert staff.call("POST", "/message", data={"text": "x" * 70_000}, headers=origin).status_code == 413
    assert staff.post("/message", id="x", text="a").status_code == 400
    assert staff.get("/again?turn=9").status_code == 404
    empty = staff.post("/message", id=str(uuid.uuid4()), text=" ")
    assert empty.status_code == 422
    assert "Votre message est vide." in empty.text


def test_a_message_is_explained_to_its_source(staff: Staff) -> None:
    page = shown(staff.say("c koi le taux de réponse"))
    for part in (
        "Compris\u00a0: «\u00a0Quels sont les taux de réponse\u00a0?\u00a0»",
        "Le message entier est assez clair",
        "Lu comme",
        "Donne le taux de réponse, en général ou pour le cancer nommé. action_response_rate",
        "Règle «\u00a0response rate\u00a0», dans data/rules/dossier.yml",
        "on recense 30 % de répondeurs en moyenne",
        "Dossier 2020, «\u00a0Pour quels patients\u00a0?\u00a0», Magali Terme-Zydel",
    ):
        assert part.replace("\u00a0", " ") in page.replace("\u00a0", " "), part
    page = shown(staff.say("et pour le foie ?"))
    assert "«\u00a0foie\u00a0» → l’hépatocarcinome" in page.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    page = shown(staff.press("/donate"))
    assert "par son bouton" in page and "Message 3" in page


def test_a_message_that_is_sent_twice_is_handled_once(staff: Staff) -> None:
    id_ = staff.new_id()
    for _ in range(2):
        answer = staff.post("/message", id=id_, text="bonjour")
        assert answer.headers["Location"].endswith("#turn-1")
    assert "Message 2" not in staff.get().text


def test_each_channel_can_be_looked_at(staff: Staff) -> None:
    staff.say("quel est le taux de réponse ?")
    looks = {look: shown(staff.get(f"/?look={look}").text) for look in ("widget", "telegram", "twilio", "x")}
    assert "Répondez par un numéro" in looks["twilio"] and "Répondez par un numéro" not in looks["telegram"]
    assert "je suis un assistant automatique" in looks["telegram"]
    assert looks["x"] == looks["widget"]


def test_asking_again_in_other_words_leaves_the_conversation_as_it_is(staff: Staff) -> None:
    staff.say("quel est le taux de réponse ?")
    staff.say("et pour le foie ?")
    staff.say("bonjour")
    again = staff.follow(staff.post("/again", turn="2", text="et pour hodgkin ?"))
    said = shown(again)
    assert "et pour le foie ?" in said and "et pour hodgkin ?" in said
    assert "20 %" in said.replace("\u00a0", " ") and "70 %" in said.replace("\u00a0", " ")
    assert "et pour hodgkin" not in staff.get().text
    assert "Message 3" in staff.get().text
    refused = staff.post("/again", turn="2", text="")
    assert refused.status_code == 422 and "Votre message est vide." in refused.text
    page = staff.follow(staff.post("/adopt"))
    assert "et pour hodgkin ?" in page and "Message 3" not in page
    assert staff.post("/again", turn="7", text="a").status_code == 404


def test_a_conversation_becomes_a_test_that_rasa_reads(guarded: Guarded, staff: Staff) -> None:
    name = "prix, puis « dossier »"
    assert "aucun message" in staff.post("/keep", name=name).text
    staff.say("est-ce que c’est remboursé ?")
    assert "Donnez un nom" in staff.post("/keep", name=" ").text
    page = staff.post("/keep", name=name)  # its folder is not there yet: to download
    assert page.status_code == 200 and "Télécharger" in page.text
    file = staff.post("/keep", name=name, download="1")
    assert file.headers["Content-Disposition"] == 'attachment; filename="test_kept_prix_puis_dossier.yml"'
    folder = guarded.folder / "kept"
    folder.mkdir()
    assert "Test gardé" in staff.post("/keep", name=name).text
    saved = (folder / "test_kept_prix_puis_dossier.yml").read_text(encoding="utf-8")
    assert saved == file.text
    (story,) = yaml.safe_load(saved)["stories"]
    assert [*story["steps"][0]] == ["user", "intent"]
    assert (story["steps"][0]["intent"], story["steps"][1]) == ("cost", {"action": "utter_cost"})
    taken = staff.post("/keep", name=name)
    assert taken.status_code == 422 and "s’appelle déjà" in taken.text


def test_a_misunderstood_message_goes_to_the_review_file(guarded: Guarded, staff: Staff) -> None:
    staff.say("est-ce que c’est remboursé ?")
    staff.press("/definition")
    for right, told in (
        ("", "Choisissez le bon sujet."),
        ("nothing", "n’existe pas"),
        ("restart", "n’existe pas"),
        ("cost", "C’est déjà le sujet"),
    ):
        page = staff.post("/misunderstood", turn="1", right=right, note="à revoir")
        assert page.status_code == 422 and told in page.text and "à revoir" in page.text, right
    assert staff.post("/misunderstood", turn="2", right="cost").status_code == 404  # a button
    page = staff.post("/misunderstood", turn="1", right="donation_tax", note="à revoir, 06 12 34 56 78")
    assert page.status_code == 200 and "Dons et impôts" in page.text
    (record,) = (guarded.folder / "review" / "misunderstood.jsonl").read_text(encoding="utf-8").splitlines()
    kept = json.loads(record)
    assert (kept["understood"], kept["right"]) == ("cost", "donation_tax")
    assert "06 12" not in record and "workbench-" not in record
    assert "déjà marqué" in staff.post("/misunderstood", turn="1", right="donation_tax").text


def test_the_staff_are_no_visitors_and_nothing_of_them_is_in_the_logs(guarded: Guarded, staff: Staff) -> None:
    before = guarded.metrics()
    staff.say(SECRET_TEXT)
    assert 'channel="workbench"' not in guarded.metrics()
    counted = [line for line in before.splitlines() if line.startswith("assistant_messages_total")]
    assert all(line in guarded.metrics() for line in counted)
    sender = jwt.decode(staff.cookie, options={"verify_signature": False})["sub"]
    refused = guarded.post(json={"sender": sender, "message": "bonjour"})
    assert refused.status_code == 400  # the REST channel does not reach the staff's conversations
    staff.post("/new")
    assert SECRET_TEXT.encode() not in guarded.database()
    for secret in (SECRET_TEXT, WORKBENCH_TOKEN, staff.cookie):
        assert secret not in guarded.logs()


def test_tries_to_sign_in_are_limited(guarded: Guarded) -> None:
    stranger = Staff(guarded, token=None)
    answers = [stranger.post("/sign-in", token="wrong") for _ in range(41)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["Retry-After"]) <= 60
    assert "Trop d’essais" in refused.text
