from assistant.answers import compose
from assistant.channels.rendering import plain_text, rest_message, widget_answer, widget_messages
from assistant.content.catalogue import Catalogue

LINK = {"title": "Lire la suite", "url": "https://example.org/"}


def test_an_address_is_written_out_and_kept_as_data() -> None:
    message = rest_message("s", {"text": "Voici **l’article**.", "custom": {"links": [LINK]}, "answer": "utter_x"})
    assert message["text"] == "Voici l’article.\n\nLire la suite\u00a0: https://example.org/"
    assert message["custom"] == {"links": [LINK], "answer": "utter_x"}
    assert message["recipient_id"] == "s"


def test_every_answer_can_be_drawn(content: Catalogue) -> None:
    values = {"cancer": "le cancer du sein", "title": "Un titre", "max_characters": "2000"}
    for answer in content.answers.values():
        message = rest_message("s", compose(content, answer, values))
        assert "**" not in message["text"], answer.name
        assert "{" not in message["text"], answer.name
        assert len(message.get("buttons", [])) <= 3
        source = content.source_line(answer)
        if source:
            assert message["text"].endswith(source)


def test_numbers_to_call_come_from_the_contacts(content: Catalogue) -> None:
    text = plain_text(compose(content, content.answers["utter_emergency"], {}))
    assert "Appelez tout de suite le 15 (Samu) ou le 112." in text


def user(message_id: str, text: str) -> dict[str, object]:
    return {"event": "user", "timestamp": 1.5, "message_id": message_id, "text": text}


def bot(answer: dict[str, object]) -> dict[str, object]:
    """An answer as Rasa stores it."""
    data = {"buttons": answer.get("buttons"), "custom": answer.get("custom"), "image": None}
    return {
        "event": "bot",
        "timestamp": 2.5,
        "text": answer.get("text"),
        "data": data,
        "metadata": {"utter_action": "x", "answer": answer.get("answer")},
    }


def test_the_source_is_apart_in_the_widget(content: Catalogue) -> None:
    for answer in content.answers.values():
        composed = compose(content, answer, {"max_characters": "2000"})
        drawn = widget_answer(composed, content, "a.0", 2.5)
        assert drawn["source"] == content.source_line(answer)
        assert "Source\u00a0:" not in drawn["text"]
        assert "\n\n".join(filter(None, (drawn["text"], drawn["source"]))) == composed["text"]


def test_a_stored_answer_is_drawn_as_the_fresh_one(content: Catalogue) -> None:
    for answer in content.answers.values():
        composed = {**compose(content, answer, {}), "custom": {"links": [LINK]}}
        (_, stored) = widget_messages([user("a", "x"), bot(composed)], content)
        assert stored == widget_answer(composed, content, "a.0", 2.5)


def test_the_kinds_of_links(content: Catalogue) -> None:
    home = {"title": "Site", "url": content.links["home"].url}
    for name, link, kind in (
        ("utter_full_article", LINK, "article"),
        ("utter_donate_once", LINK, "gift"),
        ("utter_full_article_from_home", home, "site"),
        (None, LINK, "article"),
    ):
        (drawn,) = widget_answer({"answer": name, "custom": {"links": [link]}}, content, "a.0", 1.0)["links"]
        assert drawn == {**link, "kind": kind}


def test_a_conversation_is_drawn(content: Catalogue) -> None:
    events = [
        bot({"text": "before any question"}),
        user("a", "/definition"),
        bot({"text": "un"}),
        bot({"text": "deux"}),
        {"event": "feedback", "message_id": "a.1", "useful": True},
        user("b", "et/ou"),
        bot({"text": "trois"}),
        {"event": "feedback", "message_id": "a.1", "useful": False},
        user("c", "/gone"),
    ]
    messages = widget_messages(events, content)
    assert [(message["id"], message["text"]) for message in messages] == [
        ("a", content.offers()["definition"]),
        ("a.0", "un"),
        ("a.1", "deux"),
        ("b", "et/ou"),
        ("b.0", "trois"),
        ("c", "Question choisie dans la liste"),
    ]
    assert [message.get("useful") for message in messages] == [None, None, False, None, None, None]


def test_where_nobody_is_asked_whether_it_was_useful(content: Catalogue) -> None:
    def asks(name: str | None) -> bool:
        return "useful" in widget_answer({"answer": name, "text": "x"}, content, "a.0", 1.0)

    assert not any(map(asks, ("utter_emergency", "utter_suicide", "utter_bereavement", "utter_thanks", "utter_greet")))
    assert all(map(asks, ("utter_definition", "utter_donate", "utter_not_understood", "utter_unavailable", None)))
