import pytest

from assistant.channels.framing import fault

HOST = ("host", "x")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [HOST, ("content-length", "0")],
        [HOST, ("content-length", "65536"), ("content-type", "application/json; charset=utf-8")],
        [HOST, ("transfer-encoding", "chunked")],
        [HOST, ("x-forwarded-for", "a"), ("x-forwarded-for", "b"), ("accept-language", "fr\tété")],
    ],
)
def test_headers_that_are_right(headers: list[tuple[str, str]]) -> None:
    assert fault(headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        [("content-length", "-5")],
        [("content-length", "+5")],
        [("content-length", "0x10")],
        [("content-length", "")],
        [("content-length", "1" * 16)],
        [("content-length", "5, 5")],
        [("content-length", "٥")],
        [("content-length", "5"), ("content-length", "5")],
        [("content-length", "5"), ("transfer-encoding", "chunked")],
        [("transfer-encoding", "chunked"), ("transfer-encoding", "identity")],
        [("transfer-encoding", "xchunked")],
        [("transfer-encoding", "gzip, chunked")],
        [("transfer-encoding", "")],
        [HOST, HOST],
        [("authorization", "Bearer a"), ("authorization", "Bearer b")],
        [("content-length ", "5")],
        [(" host", "x")],
        [("", "x")],
        [("x", "a\x00b")],
        [("x", "a\nb")],
        [("x", "a\rb")],
    ],
)
def test_headers_that_are_refused(headers: list[tuple[str, str]]) -> None:
    assert fault(headers)
