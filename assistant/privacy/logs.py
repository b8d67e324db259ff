"""The logs of both servers: one JSON object a line, and never what a visitor wrote, at any level.

Rasa, Sanic, SQLAlchemy and others quote messages in their logs and in the texts of their exceptions. So nothing of
theirs is taken as it is: of a call, what stands in its source; of an exception, its type and where it came from. This
happens where a log record is made, before any handler sees it. Only this project's own loggers are believed.
"""

import hashlib
import json
import logging
import os
import re
import secrets
import sys
import traceback
import warnings
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

import structlog

from assistant.privacy.log_calls import HOLE, said_at
from assistant.settings import ROOT

OWN = ("assistant", "actions")
MAX_CAUSES = 5
_EVENT = re.compile(r"[\w.-]{1,100}")
_FIELD = re.compile(r"[a-z_]{1,40}")
_KEY = secrets.token_bytes(16)  # of this process, never stored: nobody can go from a log to a conversation

logger = logging.getLogger(__name__)


class SafeEvent(str):
    """The text of a record that holds nothing of a visitor, with fields besides.

    Attributes:
        fields: what the line holds besides the text: numbers, and names that this project has chosen.
    """

    fields: dict[str, Any]

    def __new__(cls, text: str, **fields: Any) -> "SafeEvent":
        """Takes the text and the fields."""
        event = super().__new__(cls, text)
        event.fields = fields
        return event


def conversation_tag(sender: str) -> str:
    """A name for a conversation in the logs of this process; it cannot be led back, nor compared between processes."""
    return hashlib.blake2s(sender.encode("utf-8", "replace"), key=_KEY, digest_size=6).hexdigest()


def _short(path: str) -> str:
    """A source file's name without the folders that say where the project lies."""
    return path.rpartition("site-packages/")[2].removeprefix(f"{ROOT}/")


def describe(error: BaseException) -> list[str]:
    """An exception and what caused it, without their texts: type, and where it was raised.

    Of an error of the operating system also what the system says, such as « Connection refused ».
    """
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None and len(lines) < MAX_CAUSES:
        frames = traceback.extract_tb(current.__traceback__)
        where = f" at {_short(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
        reason = f" ({os.strerror(current.errno)})" if isinstance(current, OSError) and current.errno else ""
        code = getattr(getattr(current, "orig", None), "pgcode", None)
        lines.append(f"{type(current).__name__}{reason}{f' [{code}]' if code else ''}{where}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


class SafeRecord(logging.LogRecord):
    """A log record that holds nothing of a visitor.

    Attributes:
        fields: what a line holds besides the text.
    """

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | None,
        func: str | None = None,
        sinfo: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Takes what `logging.LogRecord` takes."""
        self.fields: dict[str, Any] = {}
        if isinstance(msg, SafeEvent):
            self.fields = dict(msg.fields)
        elif name.partition(".")[0] not in OWN:
            msg, args = said_at(pathname, lineno), ()
            self.fields = {"where": f"{_short(pathname)}:{lineno}"}
        super().__init__(name, level, pathname, lineno, msg, args, None, func, None, **kwargs)
        if exc_info and exc_info[1]:
            causes = describe(exc_info[1])
            self.fields["error"] = causes
            self.exc_text = "\n  caused by ".join(causes)  # what other formatters print after the message


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and the record's fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line (see the base class)."""
        time = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        return json.dumps({**line, **getattr(record, "fields", {})}, ensure_ascii=False, default=str)


def keep_safe(_: Any, method: str, event: dict[str, Any]) -> SafeEvent:
    """The last of structlog's processors: the event's name, numbers, and the type of an exception."""
    name = str(event.get("event", ""))
    fields: dict[str, Any] = {
        key: value
        for key, value in event.items()
        if isinstance(value, (bool, int, float)) and key != "exc_info" and _FIELD.fullmatch(key)
    }
    error = event.get("exc_info") or (method == "exception")
    if error:
        current = error if isinstance(error, BaseException) else sys.exc_info()[1]
        if current is not None:
            fields["error"] = describe(current)
    return SafeEvent(name if _EVENT.fullmatch(name) else HOLE, **fields)


def _show_warning(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
    logger.warning(SafeEvent(f"Warning of the kind {category.__name__}", where=f"{_short(filename)}:{lineno}"))


def configure() -> None:
    """Makes all logs of this process safe and structured, from now on; doing it again does no harm.

    Levels and places stay as they were set (`--debug`, `--log-file`, `LOG_LEVEL`).
    """
    logging.setLogRecordFactory(SafeRecord)
    # In place: loggers that have been used hold on to this list.
    structlog.get_config()["processors"][:] = [keep_safe]
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    if not logging.getLogger().handlers:
        logging.basicConfig()
    named = (item for item in logging.root.manager.loggerDict.values() if isinstance(item, logging.Logger))
    for item in (logging.getLogger(), *named):
        for handler in item.handlers:
            handler.setFormatter(JsonLines())
    # Rasa sets the level of its own loggers only.
    for name in OWN:
        logging.getLogger(name).setLevel(logging.getLogger("rasa").getEffectiveLevel())
