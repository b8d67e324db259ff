"""Masking the events of a conversation: the second line behind the channels."""

from collections.abc import Iterable

from rasa.shared.core.events import Event, UserUttered

from assistant.nlu.text import REPAIRED
from assistant.privacy.masking import Masking


def mask_events(events: Iterable[Event], masking: Masking) -> None:
    """Masks the personal data in a person's messages, in place.

    The entities of a message that changes and its repaired spelling are dropped: they quote its text.
    """
    for event in events:
        if isinstance(event, UserUttered) and event.text:
            masked = masking.mask(event.text)
            if masked != event.text:
                event.text = masked
                event.entities = []
                known = {name: value for name, value in event.parse_data.items() if name != REPAIRED}
                event.parse_data = {**known, "text": masked, "entities": []}
