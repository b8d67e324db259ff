import ast
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text

from assistant.privacy import logs
from assistant.privacy.log_calls import said_at
from assistant.settings import ROOT

SECRET = "tamponnoir"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict]]]:
    """The lines that the root logger writes, after `configure`; puts logging back as it was."""
    root, factory, shown = logging.getLogger(), logging.getLogRecordFactory(), warnings.showwarning
    processors = structlog.get_config()["processors"]
    kept, level, handlers = list(processors), root.level, root.handlers[:]
    output = io.StringIO()
    root.handlers[:] = [logging.StreamHandler(output)]
    root.setLevel(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("other.library"), "handlers", [])
    logs.configure()
    logs.configure()
    yield lambda: [json.loads(line) for line in output.getvalue().splitlines()]
    logging.setLogRecordFactory(factory)
    warnings.showwarning = shown
    processors[:] = kept
    root.handlers[:] = handlers
    root.setLevel(level)


def test_what_a_library_says_is_read_in_its_source(lines: Callable[[], list[dict]]) -> None:
    other = logging.getLogger("other.library")
    other.debug(f"Received '{SECRET}' from {SECRET}")
    other.info("Received %s", SECRET)
    other.warning("Received {} twice".format(SECRET))  # noqa: UP032
    other.error("Nothing " + SECRET)
    other.critical(SECRET)
    other.log(logging.INFO, "Level %s", SECRET)
    other.info(
        "Plain text over "
        "two lines",
        extra={"request": SECRET},
    )  # fmt: skip
    assert SECRET not in json.dumps(lines())
    assert [line["message"] for line in lines()] == [
        "Received '…' from …",
        "Received …",
        "Received {} twice",
        "Nothing …",
        "…",
        "Level …",
        "Plain text over two lines",
    ]
    first = lines()[0]
    assert (first["level"], first["logger"]) == ("debug", "other.library")
    assert first["time"].endswith("+00:00")
    assert first["where"].split(":")[0].endswith("tests/unit/test_logs.py")


def test_of_an_exception_its_type_and_place(lines: Callable[[], list[dict]]) -> None:
    engine = create_engine("sqlite://")
    try:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT :secret FROM nowhere"), {"secret": SECRET})
        except Exception as problem:
            raise ValueError(SECRET) from problem
    except ValueError:
        logging.getLogger("other.library").exception("It failed: %s", SECRET)
        logging.getLogger("assistant.x").error("Ours", exc_info=True)
    assert SECRET not in json.dumps(lines())
    for line in lines():
        assert line["error"][0].startswith("ValueError at ")
        assert "test_logs.py:" in line["error"][0]
        assert line["error"][1].startswith("OperationalError at sqlalchemy/")


def test_what_the_system_says_is_kept() -> None:
    try:
        Path("/nowhere/tamponnoir").read_text()
    except OSError as problem:
        (line,) = logs.describe(problem)
    assert line.startswith("FileNotFoundError (No such file or directory)")
    assert SECRET not in line


def test_structured_events_keep_their_name_and_numbers(lines: Callable[[], list[dict]]) -> None:
    log = structlog.wrap_logger(
        logging.getLogger("rasa.core.processor"), processors=structlog.get_config()["processors"]
    )
    log.info("processor.message.parse", text=SECRET, seconds=0.5, ok=True, nested={"a": SECRET})
    log.info(f"Said {SECRET}", **{f"{SECRET} field": 1})
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.error("processor.failed", exc_info=True, text=SECRET)
    first, second, third = lines()
    assert first["message"] == "processor.message.parse"
    assert (first["seconds"], first["ok"]) == (0.5, True)
    assert second["message"] == "…"
    assert third["error"][0].startswith("ValueError at ")
    assert SECRET not in json.dumps(lines())


def test_handlers_that_come_later_and_other_formats_hold_nothing_either(lines: Callable[[], list[dict]]) -> None:
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    other = logging.getLogger("other.library")
    other.handlers.append(handler)
    try:
        raise ValueError(SECRET)
    except ValueError:
        other.exception(f"Failed with {SECRET}", stack_info=True)
    assert SECRET not in output.getvalue()
    assert "ValueError at" in output.getvalue()


def test_warnings_are_logged_without_their_text(lines: Callable[[], list[dict]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._show_warning
        warnings.warn(f"Could not read {SECRET}", UserWarning, stacklevel=1)
    (line,) = lines()
    assert line["message"] == "Warning of the kind UserWarning"
    assert SECRET not in json.dumps(line)


def test_own_lines_carry_fields_and_no_line_break(lines: Callable[[], list[dict]]) -> None:
    own = logging.getLogger("assistant.x")
    own.warning("Two\nlines of %s", "ours\r\n{}")
    own.warning(logs.SafeEvent("turn", seconds=1.5, answers=["utter_greet"]))
    one, two = lines()
    assert one["message"] == "Two\nlines of ours\r\n{}"
    assert (two["message"], two["seconds"], two["answers"]) == ("turn", 1.5, ["utter_greet"])


def test_a_source_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    assert said_at(str(tmp_path / "missing.py"), 1) == "…"
    broken = tmp_path / "broken.py"
    broken.write_text("def (\n")
    assert said_at(str(broken), 1) == "…"


def test_a_conversation_has_one_tag_that_is_not_its_name() -> None:
    assert logs.conversation_tag("one") == logs.conversation_tag("one") != logs.conversation_tag("two")
    assert "one" not in logs.conversation_tag("one")


def test_own_loggers_are_given_constant_texts_only() -> None:
    """What our own code logs is believed, so that it must not put anything into the text by itself."""
    calls = 0
    for file in [*(ROOT / "assistant").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "logger":
                calls += 1
                first = node.args[0]
                if isinstance(first, ast.Call) and ast.unparse(first.func) == "SafeEvent":
                    first = first.args[0]
                assert isinstance(first, ast.Constant) or "category.__name__" in ast.unparse(first), (
                    file,
                    node.lineno,
                )
    assert calls >= 4
