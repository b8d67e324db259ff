"""What the custom actions share: the content."""

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action

from assistant.content.catalogue import Catalogue, catalogue
from assistant.privacy import logs

Events = list[dict[str, Any]]
Message = tuple[str, dict[str, Any]]  # a response's name and the keyword arguments for it


class ContentAction(Action, ABC):
    """An action that answers from the catalogue; abstract, so that the action server does not take it for one."""

    def __init__(self) -> None:
        """Makes the logs safe, and loads the content, so that a mistake in it stops the action server at its start."""
        logs.configure()
        self.content: Catalogue = catalogue()

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""
