import pytest

from assistant.evaluation.parsing import Parser
from assistant.serve import MODEL


@pytest.fixture(scope="session")
def parser() -> Parser:
    return Parser(MODEL)
