import pytest
from hypothesis import settings

from assistant.checking.project import Project, read_project
from assistant.content.catalogue import Catalogue, load_catalogue
from assistant.settings import ROOT

# The same cases in every run: what fails once fails again. `pytest --hypothesis-seed=N` tries others.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def content() -> Catalogue:
    return load_catalogue(ROOT, {})


@pytest.fixture(scope="session")
def project() -> Project:
    return read_project(ROOT)
