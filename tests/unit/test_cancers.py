import pytest

from assistant.content.catalogue import Catalogue
from assistant.nlu.cancers import CancerFinder
from assistant.nlu.text import words


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("et pour le foie ?", ["hepatocarcinoma"]),
        ("HÉPATOCARCINOME", ["hepatocarcinoma"]),
        ("hepatocarsinome", ["hepatocarcinoma"]),
        ("le lymphome de Hodgkin", ["hodgkin"]),
        ("un lymphome non hodgkinien", ["non_hodgkin"]),
        ("un lymphome", ["lymphoma"]),
        ("poumon ou sein", ["lung", "breast"]),
        ("cancer du col de l’utérus", ["uterus"]),
        ("mélanôme", ["melanoma"]),
        ("mon pronostic", []),
        ("comment ça marche", []),
    ],
)
def test_cancers_are_found(content: Catalogue, text: str, ids: list[str]) -> None:
    found = CancerFinder(content.cancers.values()).find(text)
    assert [id_ for _, _, id_ in found] == ids
    for start, end, _ in found:
        assert text[start:end] == text[start:end].strip() != ""


def test_forms_are_in_plain_form(content: Catalogue) -> None:
    for cancer in content.cancers.values():
        for form in cancer.forms:
            assert " ".join(words(form)) == form
