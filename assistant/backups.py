"""Backup and restore of the conversations in PostgreSQL: `python -m assistant.backups save FILE`, `… restore FILE`.

Needs pg_dump and pg_restore of the server's version or a newer one (Debian: postgresql-client).
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy.engine import make_url

from assistant.settings import SettingsError, settings


class BackupError(RuntimeError):
    """A backup was not made or not restored; the text says why."""


def connection_variables(database_url: str) -> dict[str, str]:
    """The variables that tell PostgreSQL's programs where to connect; arguments could be read in the process list.

    Raises:
        BackupError: the address is of another database.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        raise BackupError("DATABASE_URL names no PostgreSQL. A SQLite file is copied while the assistant is stopped.")
    parts = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    return {name: str(value) for name, value in parts.items() if value is not None}


def save(database_url: str, file: Path) -> None:
    """Writes all conversations, as of one moment, to a file that only its owner can read. The service goes on.

    Raises:
        BackupError: it could not be made; nothing is left of it then.
    """
    if file.exists():
        raise BackupError(f"{file} exists.")
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        _run(database_url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
        _run(database_url, "pg_restore", "--list", str(part))
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def restore(database_url: str, file: Path) -> None:
    """Puts the conversations of a backup in the place of those in the database: all, or nothing is changed.

    Visitors who write meanwhile are told to try again.

    Raises:
        BackupError: it could not be restored.
    """
    options = ("--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    variables = connection_variables(database_url)
    _run(database_url, "pg_restore", *options, f"--dbname={variables['PGDATABASE']}", str(file))


def _run(database_url: str, *command: str) -> None:
    environ = {**os.environ, **connection_variables(database_url)}
    try:
        ended = subprocess.run(command, check=False, env=environ, capture_output=True, text=True)
    except FileNotFoundError:
        raise BackupError(f"{command[0]} is not installed (Debian: postgresql-client).") from None
    if ended.returncode != 0:
        raise BackupError(f"{command[0]}: {ended.stderr.strip()}")


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m assistant.backups", description=__doc__)
    parser.add_argument("what", choices=("save", "restore"))
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args(arguments)
    try:
        (save if chosen.what == "save" else restore)(settings().database_url, chosen.file)
    except (BackupError, SettingsError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
