"""A real Redis of the tests' own, on a free port of this machine, gone afterwards."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from assistant.cluster.parts import find_program, free_port

START_SECONDS = 20


@contextmanager
def redis_server() -> Iterator[tuple[str, subprocess.Popen]]:
    """The address of an empty Redis, and its process."""
    port = free_port()
    command = [find_program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with (
        tempfile.TemporaryDirectory(prefix="redis-") as folder,
        subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL) as process,
    ):
        url = f"redis://127.0.0.1:{port}/0"
        client = redis.Redis.from_url(url)
        deadline = time.monotonic() + START_SECONDS
        try:
            while True:
                try:
                    client.ping()
                    break
                except redis.RedisError:
                    assert time.monotonic() < deadline, "Redis did not start"
                    time.sleep(0.05)
            yield url, process
        finally:
            process.terminate()
