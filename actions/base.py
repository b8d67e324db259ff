"""What the custom actions share: the content."""

from typing import Any

from rasa_sdk import Action

from assistant.content.catalogue import Catalogue, catalogue

Events = list[dict[str, Any]]
Message = tuple[str, dict[str, Any]]  # a response's name and the keyword arguments for it


class ContentAction(Action):
    """An action that answers from the catalogue."""

    def __init__(self) -> None:
        """Loads the content, so that a mistake in it stops the action server at its start."""
        self.content: Catalogue = catalogue()
