"""Masking the events of a conversation: the second line behind the channels."""

from collections.abc import Iterable

from rasa.shared.core.events import Event, UserUttered

from assistant.privacy.masking import Masking


def mask_events(events: Iterable[Event], masking: Masking) -> None:
    """Masks the personal data in a person's messages, in place.

    The entities of a message that changes are dropped: they quote its text, and their places are no longer right.
    """
    for event in events:
        if isinstance(event, UserUttered) and event.text:
            masked = masking.mask(event.text)
            if masked != event.text:
                event.text = masked
                event.entities = []
                event.parse_data = {**event.parse_data, "text": masked, "entities": []}
