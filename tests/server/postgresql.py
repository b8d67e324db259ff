"""A real PostgreSQL of the tests' own, on a free port of this machine, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.cluster.parts import free_port

PROGRAMS = Path("/usr/lib/postgresql")  # where Debian puts them, by version


def program(name: str) -> str:
    found = shutil.which(name) or next((str(file) for file in sorted(PROGRAMS.glob(f"*/bin/{name}"))), None)
    assert found, f"{name} was not found. Run scripts/need-packages, or: apt-get install postgresql"
    return found


@contextmanager
def postgresql() -> Iterator[str]:
    """The SQLAlchemy address of an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    account = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    port = free_port()
    data = str(folder / "data")

    def run(name: str, *arguments: str) -> None:
        subprocess.run(
            [program(name), "-D", data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd="/",
            **account,
        )

    try:
        run("initdb", "-U", "tests", "--auth=trust", "-E", "UTF8", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        run("pg_ctl", "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://tests@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
