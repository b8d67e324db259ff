"""The files of deploy/: what can be known of them without a container engine or systemd."""

import re
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

from assistant.backups import BackupError, connection_variables
from assistant.channel_settings import CHANNELS
from assistant.settings import ROOT, read_settings

DEPLOY = ROOT / "deploy"
TEMPLATE = (DEPLOY / "nginx" / "assistant.conf.template").read_text()
VARIABLES = set(re.findall(r"\$\{([A-Z_]+)\}", TEMPLATE))


def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def test_only_nginx_can_be_reached_from_outside() -> None:
    assert [name for name, service in compose().items() if "ports" in service] == ["nginx"]
    for name, service in compose().items():
        assert service["cap_drop"] == ["ALL"] and "privileged" not in service
        assert service["networks"] == (["inside", "outside"] if name == "nginx" else ["inside"])
        if name != "postgres":
            assert service["read_only"]


def test_nginx_is_told_all_that_its_template_asks_for() -> None:
    assert set(compose()["nginx"]["environment"]) >= VARIABLES
    guide = (ROOT / "docs" / "deploy.md").read_text()
    assert {name for name in VARIABLES if f"`{name}`" in guide} == VARIABLES


def test_nginx_lets_through_the_addresses_of_the_messaging_channels() -> None:
    # one of each where they are let through, one where they are not limited by address
    assert re.findall(r"[(](telegram[a-z|]*)[)]/webhook", TEMPLATE) == ["|".join(CHANNELS)] * 2


def test_the_settings_of_the_containers_and_of_the_chart_exist() -> None:
    known = set(re.findall(r'"([A-Z_]+)"', (ROOT / "assistant" / "settings.py").read_text()))
    chart = yaml.safe_load((DEPLOY / "helm" / "values.yaml").read_text())
    assert {variable["name"] for variable in chart["extraEnv"]} <= known
    environment = compose()["assistant-1"]["environment"]
    assert set(environment) <= known
    samples = {"POSTGRES_PASSWORD": "a", "REDIS_PASSWORD": "b", "WIDGET_SECRET": "c" * 48}
    filled = {
        name: re.sub(r"\$\{(\w+):[?-]\}", lambda found: samples.get(found[1], ""), value)
        for name, value in environment.items()
    }
    assert read_settings(filled).database_url == "postgresql://assistant:a@postgres:5432/assistant"


@pytest.mark.parametrize("token", ["WORKBENCH_TOKEN", "METRICS_TOKEN"])
def test_every_way_of_deployment_names_what_turns_a_page_on(token: str) -> None:
    for file in ("compose.yaml", "env.example", "helm/values.yaml", "systemd/assistant@.service"):
        assert token in (DEPLOY / file).read_text(), file


@pytest.mark.parametrize("unit", ["assistant@.service", "actions@.service"])
def test_units_run_without_root_and_start_again(unit: str) -> None:
    lines = (DEPLOY / "systemd" / unit).read_text().splitlines()
    for line in ("User=assistant", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert line in lines
    assert "Restart=always" in lines
    assert any(line.startswith("ExecStartPost=") for line in lines)  # started means: it answers
    assert not any("PASSWORD" in line or "SECRET" in line for line in lines)


class Machine:
    """A copy of the project's folder with a `systemctl` that writes down what it is asked."""

    def __init__(self, folder: Path, broken: str = "none") -> None:
        self.folder = folder
        for name in ("deploy", "models", "bin"):
            (folder / name).mkdir()
        (folder / "deploy" / "update-model").write_text((DEPLOY / "update-model").read_text())
        self.model("models/assistant.tar.gz", "old")
        self.model("new.tar.gz", "new")
        systemctl = folder / "bin" / "systemctl"
        systemctl.write_text(f"""#!/bin/sh
[ "$1" = list-units ] && printf 'assistant@5005.service loaded\\nassistant@5006.service loaded\\n' && exit 0
echo "$2 $(tar -xOzf {folder}/models/assistant.tar.gz)" >> {folder}/log
[ "$2 $(tar -xOzf {folder}/models/assistant.tar.gz)" != "{broken}" ]
""")
        systemctl.chmod(0o755)

    def model(self, name: str, content: str) -> None:
        file = self.folder / "content"
        file.write_text(content)
        with tarfile.open(self.folder / name, "w:gz") as archive:
            archive.add(file, "content")

    def update(self, *arguments: str) -> int:
        environ = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "PAUSE": "0"}
        command = ["bash", str(self.folder / "deploy" / "update-model"), *arguments]
        return subprocess.run(command, check=False, env=environ, capture_output=True).returncode

    @property
    def log(self) -> list[str]:
        file = self.folder / "log"
        return file.read_text().splitlines() if file.exists() else []


def test_a_new_model_goes_to_one_assistant_after_the_other(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.update(str(tmp_path / "new.tar.gz")) == 0
    assert machine.log == ["assistant@5005.service new", "assistant@5006.service new"]


def test_a_model_that_does_not_start_is_taken_back(tmp_path: Path) -> None:
    machine = Machine(tmp_path, broken="assistant@5005.service new")
    assert machine.update(str(tmp_path / "new.tar.gz")) == 1
    assert machine.log == ["assistant@5005.service new", "assistant@5005.service old"]


def test_the_model_before_can_be_put_back(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.update(str(tmp_path / "new.tar.gz"))
    assert machine.update("models/previous.tar.gz") == 0
    assert machine.log[2:] == ["assistant@5005.service old", "assistant@5006.service old"]


def test_a_file_that_is_no_model_and_a_single_assistant_stop_the_update(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (tmp_path / "bad.tar.gz").write_text("no archive")
    assert machine.update(str(tmp_path / "bad.tar.gz")) != 0
    assert machine.update(str(tmp_path / "new.tar.gz"), "assistant@5005.service") == 1
    assert machine.log == []


def test_backups_know_where_the_database_is() -> None:
    variables = connection_variables("postgresql://me:p%40ss@db:5433/talk?sslmode=require")
    assert variables == {
        "PGHOST": "db",
        "PGPORT": "5433",
        "PGUSER": "me",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "talk",
        "PGSSLMODE": "require",
    }
    with pytest.raises(BackupError, match="no PostgreSQL"):
        connection_variables("sqlite:///a.db")
