import os
import socket
from pathlib import Path

import pytest

from assistant.chat import chosen
from assistant.check_links import ask
from assistant.serve import StartError, check_port, model_is_stale


def test_a_model_is_stale_when_a_source_is_newer(tmp_path: Path) -> None:
    source, model = tmp_path / "data" / "a.yml", tmp_path / "model.tar.gz"
    source.parent.mkdir()
    source.write_text("a")
    assert model_is_stale(model, tmp_path, ("data",))
    model.write_text("m")
    os.utime(source, (1, 1))
    assert not model_is_stale(model, tmp_path, ("data",))
    os.utime(model, (0, 0))
    assert model_is_stale(model, tmp_path, ("data",))


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"Le port {port} est déjà pris.*PORT={port + 1}"):
            check_port("127.0.0.1", port, "PORT")
    check_port("127.0.0.1", port, "PORT")


def test_a_number_chooses_a_button() -> None:
    buttons = [{"title": "A", "payload": "/a"}, {"title": "B", "payload": "/b"}]
    assert [chosen(text, buttons) for text in ("2", "3", "0", "deux")] == ["/b", "3", "0", "deux"]


def test_an_address_that_does_not_answer_is_told() -> None:
    good, why = ask("http://127.0.0.1:9/")
    assert not good
    assert why
