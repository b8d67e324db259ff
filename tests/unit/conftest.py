import pytest

from assistant.content.catalogue import Catalogue, load_catalogue
from assistant.settings import ROOT


@pytest.fixture(scope="session")
def content() -> Catalogue:
    return load_catalogue(ROOT, {})
