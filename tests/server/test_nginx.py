"""nginx takes the configuration of production, with TLS."""

import subprocess
from pathlib import Path
from string import Template

from assistant.cluster.parts import find_program
from assistant.settings import ROOT

NGINX = ROOT / "deploy" / "nginx"


def test_the_configuration_with_tls(tmp_path: Path) -> None:
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    template = Template((NGINX / "assistant.conf.template").read_text())
    values = {
        "ASSISTANTS": "server 127.0.0.1:5005; server 127.0.0.1:5006;",
        "ACTION_SERVERS": "server 127.0.0.1:5055;",
        "LISTEN": "8443 ssl",
        "ACTIONS_LISTEN": "5056",
        "SERVER_NAME": "localhost",
        "CONFIGURATION": str(tmp_path),
        "STATIC": str(tmp_path),
        "REQUESTS_PER_SECOND": "10",
        "BURST": "40",
    }
    filled = template.safe_substitute(values)
    assert "${" not in filled.replace("${…}", "")
    (tmp_path / "assistant.conf").write_text(filled)
    tls = (NGINX / "tls.conf").read_text().replace("/etc/nginx/certificates", str(tmp_path))
    (tmp_path / "tls.conf").write_text(tls)
    main = tmp_path / "nginx.conf"
    main.write_text((NGINX / "container.conf").read_text().replace("/tmp/", f"{tmp_path}/"))
    ended = subprocess.run([find_program("nginx"), "-t", "-c", main], check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "warn" not in ended.stderr.replace('nginx: [warn] the "user" directive', "")
