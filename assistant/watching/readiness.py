"""Whether the parts answer, each asked with a limit to waiting."""

import asyncio
from typing import Any

from rasa.core.agent import Agent
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

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


async def database_answers(engine: Engine) -> bool:
    """Whether the database answers; also kept as a figure.

    A server without it stays in service: all would be taken out at once, and nobody could tell a visitor why.
    """
    try:
        answers = await asyncio.wait_for(asyncio.to_thread(_select_one, engine), SECONDS)
    except asyncio.TimeoutError:
        answers = False
    figures().ready.labels("database").set(answers)
    return answers


async def readiness(agent: Agent | None) -> dict[str, bool]:
    """Whether `model` and `action_server` answer; ready is a server of which both do. Also kept as figures."""
    model, actions = await asyncio.gather(_model_answers(agent), _actions_answer(agent))
    parts = {"model": model, "action_server": actions}
    for part, answers in parts.items():
        figures().ready.labels(part).set(answers)
    return parts
