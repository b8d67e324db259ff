"""Which names of conversations the database can keep."""

MAX_SENDER_CHARACTERS = 255  # the size of the column


class SenderError(ValueError):
    """The name of a conversation cannot be stored."""


def check_sender(sender_id: str) -> str:
    """The name of a conversation, as it was given.

    Raises:
        SenderError: the database could not keep it.
    """
    if len(sender_id) > MAX_SENDER_CHARACTERS or "\0" in sender_id:
        raise SenderError("The name of a conversation is too long or holds a NUL character.")
    return sender_id
