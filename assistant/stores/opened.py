"""The event that keeps which link of an answer a visitor opened, in the conversation that it belongs to."""

from typing import Any

from rasa.shared.core.events import Event, SkipEventInMDStoryMixin


class LinkOpened(SkipEventInMDStoryMixin, Event):
    """A visitor opened a link. Of no effect on the conversation; holds no address and no text."""

    type_name = "link_opened"

    def __init__(self, message_id: str, link: str, timestamp: float | None = None) -> None:
        """Takes the id of the assistant's message, the link's key in data/links.yml, and the time (seconds; now)."""
        super().__init__(timestamp)
        self.message_id = message_id
        self.link = link

    def as_dict(self) -> dict[str, Any]:
        """The event as it is stored (see the base class)."""
        return {**super().as_dict(), "message_id": self.message_id, "link": self.link}

    @classmethod
    def _from_parameters(cls, parameters: dict[str, Any]) -> "LinkOpened":
        return cls(parameters["message_id"], parameters["link"], parameters["timestamp"])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LinkOpened):
            return NotImplemented
        return self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash((self.message_id, self.link, self.timestamp))
