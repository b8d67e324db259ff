"""Whether the parts answer, each asked with a limit to waiting."""

import asyncio
from typing import Any

from rasa.core.agent import Agent
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from assistant.stores.tracker import database_of
from assistant.watching.figures import figures

PROBE = "bonjour"  # what the model is asked
SECONDS = 3


async def _model_answers(agent: Agent | None) -> bool:
    if agent is None or not agent.is_ready():
        return False
    try:
        parsed: dict[str, Any] = await agent.parse_message(PROBE)
    except Exception:  # whatever is wrong with the model
        return False
    return bool(parsed["intent"]["name"])


async def _actions_answer(agent: Agent | None) -> bool:
    is_up = getattr(agent and agent.action_endpoint, "is_up", None)
    try:
        return is_up is not None and await asyncio.wait_for(is_up(), SECONDS)
    except asyncio.TimeoutError:
        return False


def _select_one(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar())
    except SQLAlchemyError:
        return False


async def _database_answers(agent: Agent | None) -> bool:
    if agent is None:
        return False
    try:
        asked = asyncio.to_thread(_select_one, database_of(agent.tracker_store).engine)
        return await asyncio.wait_for(asked, SECONDS)
    except asyncio.TimeoutError:
        return False


async def readiness(agent: Agent | None) -> dict[str, bool]:
    """Whether `model`, `action_server` and `database` answer; also kept as figures.

    Ready for visitors means model and action server: without the database each server would be taken out of service at
    once, and nobody could tell a visitor so.
    """
    model, actions, database = await asyncio.gather(
        _model_answers(agent), _actions_answer(agent), _database_answers(agent)
    )
    parts = {"model": model, "action_server": actions, "database": database}
    for part, answers in parts.items():
        figures().ready.labels(part).set(answers)
    return parts


def is_ready(parts: dict[str, bool]) -> bool:
    """Whether visitors can be served."""
    return parts["model"] and parts["action_server"]
