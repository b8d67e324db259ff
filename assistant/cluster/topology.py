"""The parts of the service and how they are joined: databases, action servers, assistants, and nginx in front."""

import secrets
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from urllib.parse import quote

import psycopg2
import redis

from assistant.cluster.parts import LOCAL, Part, find_program, free_port, is_listening, own, python, unprivileged
from assistant.serve import MODEL, StartError, train_if_stale
from assistant.settings import ROOT

TEMPLATE = ROOT / "deploy" / "nginx" / "assistant.conf.template"
POSTGRES_PROGRAMS = "/usr/lib/postgresql/*/bin"
# An upstream that failed several times at once is left alone for a while, so that few visitors wait for one that hangs.
# Not after the first time: a request that is slow is passed on, and would take out every upstream for everybody. Where
# all are left alone, as a crowd on a slow machine can bring about, each is asked all the same: that is its second line.
UPSTREAM = "server {address} max_fails=5 fail_timeout=5s; server {address} max_fails=0 backup;"
# Of PostgreSQL, what a small machine needs to know; durability stays as it is. A statement that fails holds messages:
# it is not logged.
POSTGRES_SETTINGS = {
    "shared_buffers": "32MB",
    "max_connections": "60",
    "logging_collector": "off",
    "log_min_error_statement": "panic",
}

_MAIN = """\
pid "{folder}/nginx.pid";
error_log stderr warn;
worker_processes 1;
daemon off;
events {{ worker_connections 1024; }}
http {{
  access_log off;
{temporary}
  include "{folder}/assistant.conf";
}}
"""


@dataclass
class Cluster:
    """The service on one machine.

    Attributes:
        folder: where all of it is kept.
        port: where nginx listens.
        variables: of the assistants' environment, besides what they need here.
        parts: the programs by name, in the order in which they are started.
    """

    folder: Path
    port: int
    assistants: int = 2
    action_servers: int = 2
    variables: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    database_url: str = ""
    redis_url: str = ""
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The address for visitors."""
        return f"http://{LOCAL}:{self.port}"

    def start(self) -> None:
        """Makes what is missing, starts every part, and waits until all are ready.

        Raises:
            StartError: a program is missing, or a part does not start.
        """
        train_if_stale()
        self.start_databases()
        databases = set(self.parts)
        actions_port = free_port()
        for number in range(1, self.action_servers + 1):
            self._add_action_server(f"actions-{number}")
        for number in range(1, self.assistants + 1):
            self._add_assistant(f"assistant-{number}", actions_port)
        self._add_nginx(actions_port)
        others = [part for name, part in self.parts.items() if name not in databases]
        for part in others:
            part.start()
        for part in others:
            part.wait()

    def start_databases(self) -> None:
        """Does so with PostgreSQL and Redis alone.

        Raises:
            StartError: see `start`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._add_postgres()
        self._add_redis()
        for part in self.parts.values():
            part.start()
        for part in self.parts.values():
            part.wait()
        self._create_database()

    def start_ended(self) -> list[str]:
        """Starts the parts again that have ended by themselves, and returns their names."""
        ended = [part for part in self.parts.values() if part.process and part.process.poll() is not None]
        for part in ended:
            part.start()
        return [part.name for part in ended]

    def stop(self) -> None:
        """Stops every part, those in front first."""
        for part in reversed(self.parts.values()):
            part.stop()

    def _secret(self, name: str) -> str:
        """A random secret that is kept, in a file of its own."""
        file = self.folder / f"{name}.secret"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(24))
        return file.read_text()

    def _part(self, part: Part) -> None:
        self.parts[part.name] = part

    def _own_folder(self, name: str, user: str | None) -> Path:
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir(mode=0o700)
            own(folder, user)
        return folder

    def _add_postgres(self) -> None:
        user = unprivileged("postgres")
        folder = self._own_folder("postgres", user)
        password = self._secret("postgres")
        if not (folder / "PG_VERSION").exists():
            file = folder.with_suffix(".password")
            file.touch(mode=0o600)
            file.write_text(password)
            own(file, user)
            initdb = [find_program("initdb", POSTGRES_PROGRAMS), "--pgdata", str(folder), "--username", "assistant"]
            initdb += ["--pwfile", str(file), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"]
            account = {} if user is None else {"user": user, "extra_groups": []}
            made = subprocess.run(initdb, check=False, capture_output=True, text=True, cwd="/", **account)  # type: ignore[call-overload]
            file.unlink()
            if made.returncode != 0:
                raise StartError(f"initdb a échoué : {made.stderr.strip()}")
        port = self.ports.setdefault("postgres", free_port())
        self.database_url = f"postgresql://assistant:{quote(password)}@{LOCAL}:{port}/assistant"
        command = [find_program("postgres", POSTGRES_PROGRAMS), "-D", str(folder), "-p", str(port), "-h", LOCAL]
        for name, value in {**POSTGRES_SETTINGS, "unix_socket_directories": ""}.items():
            command += ["-c", f"{name}={value}"]
        ready = self.database_url.removesuffix("/assistant") + "/postgres"
        # SIGINT: PostgreSQL closes the connections; with SIGTERM it waits for the clients to do so.
        self._part(
            Part(
                "postgres",
                command,
                self.folder / "postgres.log",
                lambda: _connects(ready),
                user=user,
                stop_signal=signal.SIGINT,
            )
        )

    def _create_database(self) -> None:
        address = self.database_url.removesuffix("/assistant") + "/postgres"
        connection = psycopg2.connect(address)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'assistant'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE assistant")
        connection.close()

    def _add_redis(self) -> None:
        user = unprivileged("redis")
        folder = self._own_folder("redis", user)
        password = self._secret("redis")
        port = self.ports.setdefault("redis", free_port())
        file = folder / "redis.conf"
        file.touch(mode=0o600)
        lines = [f"port {port}", f"bind {LOCAL}", f"requirepass {password}", f'dir "{folder}"']
        # Locks and counts: nothing that has to outlive Redis.
        file.write_text("\n".join([*lines, 'save ""', "appendonly no", ""]))
        own(file, user)
        self.redis_url = f"redis://:{password}@{LOCAL}:{port}/0"
        command = [find_program("redis-server"), str(file)]
        self._part(Part("redis", command, self.folder / "redis.log", lambda: _pings(self.redis_url), user=user))

    def _add_action_server(self, name: str) -> None:
        port = self.ports.setdefault(name, free_port())
        self._part(
            Part(
                name,
                python("rasa_sdk", "--actions", "actions", "--port", str(port)),
                self.folder / f"{name}.log",
                lambda: _answers(f"http://{LOCAL}:{port}/health"),
                environ={"SANIC_HOST": LOCAL},
            )
        )

    def _add_assistant(self, name: str, actions_port: int) -> None:
        port = self.ports.setdefault(name, free_port())
        environ = {
            "HOST": LOCAL,
            "PORT": str(port),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "ACTION_SERVER_URL": f"http://{LOCAL}:{actions_port}/webhook",
            "WIDGET_SECRET": self._secret("widget"),
            "TRUSTED_PROXIES": "1",
            **self.variables,
        }
        self._part(
            Part(
                name,
                python("assistant.rasa", "run", "--model", str(MODEL), "--interface", LOCAL, "--port", str(port)),
                self.folder / f"{name}.log",
                lambda: _answers(f"http://{LOCAL}:{port}/webhooks/widget/opening"),
                environ=environ,
            )
        )

    def _add_nginx(self, actions_port: int) -> None:
        user = unprivileged("www-data")
        folder = self._own_folder("nginx", user)
        static = self._own_folder("static", user)
        script = ROOT / "widget" / "dist" / "widget.js"
        if script.exists():
            own(Path(shutil.copy(script, static / "widget.js")), user)

        def upstreams(kind: str) -> str:
            return " ".join(
                UPSTREAM.format(address=f"{LOCAL}:{port}") for name, port in self.ports.items() if name.startswith(kind)
            )

        configuration = Template(TEMPLATE.read_text()).safe_substitute(
            ASSISTANTS=upstreams("assistant-"),
            ACTION_SERVERS=upstreams("actions-"),
            LISTEN=f"{LOCAL}:{self.port}",
            ACTIONS_LISTEN=f"{LOCAL}:{actions_port}",
            SERVER_NAME="_",
            CONFIGURATION=str(folder),
            STATIC=str(static),
            REQUESTS_PER_SECOND="20",
            BURST="40",
        )
        (folder / "assistant.conf").write_text(configuration)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "\n".join(f'  {kind}_temp_path "{folder}/{kind}";' for kind in kinds)
        main = folder / "nginx.conf"
        main.write_text(_MAIN.format(folder=folder, temporary=temporary))
        self._part(
            Part(
                "nginx",
                [find_program("nginx"), "-e", "stderr", "-p", str(folder), "-c", str(main)],
                self.folder / "nginx.log",
                lambda: is_listening(self.port),
                user=user,
            )
        )


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _connects(address: str) -> bool:
    try:
        psycopg2.connect(address, connect_timeout=2).close()
        return True
    except psycopg2.OperationalError:
        return False


def _pings(address: str) -> bool:
    try:
        return bool(redis.Redis.from_url(address, socket_timeout=1).ping())
    except redis.RedisError:
        return False
