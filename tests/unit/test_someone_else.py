import pytest

from assistant.content.catalogue import Catalogue
from assistant.nlu.someone_else import TESTIMONY_PARTS, is_about_own_people


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ma mere a ete operee des ganglions", True),
        ("mon beau frere a un nodule", True),
        ("ma meilleure amie a une metastase", True),
        ("quelle operation a eue xavier", False),
        ("mon pere veut savoir ce qui est arrive a xavier", False),
        ("ma fille a lu l histoire de ce monsieur", False),
        ("il a ete opere de quoi", False),
    ],
)
def test_own_people(text: str, expected: bool) -> None:
    assert is_about_own_people(text) is expected


def test_every_part_of_the_testimony_is_known(content: Catalogue) -> None:
    parts = {answer.intent for answer in content.answers.values() if answer.intent.startswith("testimony_")}
    assert parts == TESTIMONY_PARTS
