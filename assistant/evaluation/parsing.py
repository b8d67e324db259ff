"""Asking the trained model, through Rasa, what it takes messages for."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

import structlog
from rasa.core.agent import Agent
from tqdm import tqdm

T = TypeVar("T")


class Parser:
    """A trained model, loaded once.

    Attributes:
        agent: Rasa's agent with the model.
    """

    def __init__(self, model: Path) -> None:
        """Loads the model. Raises an error of Rasa's if it cannot be loaded."""
        # Rasa writes the text of messages to its debug log, which goes to the terminal unless this is said.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
        self.agent = Agent.load(str(model))
        self._loop = asyncio.new_event_loop()

    def parse(self, text: str) -> dict[str, Any]:
        """Rasa's parse of one message: intent, ranking, entities, decision."""
        return self.run(self.agent.parse_message(text))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What a coroutine returns that uses the agent."""
        return self._loop.run_until_complete(work)

    def parse_all(self, texts: Iterable[str], what: str) -> list[dict[str, Any]]:
        """The parses of messages, with a progress bar named `what`."""
        return [self.parse(text) for text in tqdm(list(texts), desc=what, leave=False)]
