from assistant.answers import compose
from assistant.channels.rendering import plain_text, rest_message
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
