"""The event that keeps what a visitor thought of an answer, in the conversation that it belongs to."""

from typing import Any

from rasa.shared.core.events import Event, SkipEventInMDStoryMixin


class FeedbackGiven(SkipEventInMDStoryMixin, Event):
    """A visitor said whether an answer was useful. Of no effect on the conversation; holds no text."""

    type_name = "feedback"

    def __init__(self, message_id: str, answer: str | None, useful: bool, timestamp: float | None = None) -> None:
        """Takes the id of the assistant's message, its answer's name, and the time (seconds since the epoch; now)."""
        super().__init__(timestamp)
        self.message_id = message_id
        self.answer = answer
        self.useful = useful

    def as_dict(self) -> dict[str, Any]:
        """The event as it is stored (see the base class)."""
        content = {"message_id": self.message_id, "answer": self.answer, "useful": self.useful}
        return {**super().as_dict(), **content}

    @classmethod
    def _from_parameters(cls, parameters: dict[str, Any]) -> "FeedbackGiven":
        return cls(parameters["message_id"], parameters["answer"], parameters["useful"], parameters["timestamp"])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FeedbackGiven):
            return NotImplemented
        return self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash((self.message_id, self.useful, self.timestamp))
