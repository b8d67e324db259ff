"""The errors of the widget's channel: a status, and a code that the widget turns into French."""

from typing import Any

STATUS = {
    "bad_request": 400,
    "unknown_link": 400,
    "bad_token": 401,
    "expired_token": 401,
    "bad_origin": 403,
    "not_found": 404,
    "unknown_message": 404,
    "bad_method": 405,
    "too_slow": 408,
    "too_large": 413,
    "bad_type": 415,
    "empty": 422,
    "too_long": 422,
    "unknown_payload": 422,
    "too_many": 429,
    "internal": 500,
    "unavailable": 503,
    "not_built": 503,
    "unwritable": 503,
}


class RefusedError(Exception):
    """A request that is not served.

    Attributes:
        code: one of STATUS.
        status: its HTTP status.
        details: what the body of the error holds besides, such as `max_characters`.
    """

    def __init__(self, code: str, **details: Any) -> None:
        """Takes the code and the details."""
        super().__init__(code)
        self.code = code
        self.status = STATUS[code]
        self.details = details
