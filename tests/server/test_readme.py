"""The README's conversation is what the assistant really says."""

import re
import uuid

from assistant.settings import ROOT
from tests.server.conftest import Server


def normal(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_readme_conversation(server: Server) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- conversation:.*?```\n(.*?)```", readme, flags=re.DOTALL)
    assert block
    sender = uuid.uuid4().hex
    turns = re.split(r"^> ", block.group(1), flags=re.MULTILINE)[1:]
    assert len(turns) >= 4
    for turn in turns:
        question, expected = turn.split("\n", 1)
        said = normal(" ".join(message["text"] for message in server.say(question, sender)))
        for line in filter(None, expected.splitlines()):
            assert normal(line) in said, (question, line, said)


def test_every_command_of_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z][a-z-]*)", readme)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
