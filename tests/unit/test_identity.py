import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import jwt
import pytest

from assistant.channels import identity
from assistant.channels.identity import ALGORITHM, AUDIENCE, DAY, Tokens, conversation_name, load_secret
from assistant.channels.refusals import RefusedError
from assistant.privacy.__main__ import stored_name
from assistant.settings import SettingsError, read_settings

SECRET = "s" * 40
NAME = "widget-" + "a" * 32


def signed(claims: dict[str, object], secret: str = SECRET, algorithm: str = ALGORITHM) -> str:
    return "Bearer " + jwt.encode(claims, secret, algorithm=algorithm)


def claims(**changes: object) -> dict[str, object]:
    valid = {"sub": NAME, "aud": AUDIENCE, "exp": int(time.time()) + 3600, **changes}
    return {key: value for key, value in valid.items() if value is not None}


def test_each_token_is_a_conversation_of_its_own() -> None:
    tokens = Tokens(SECRET, 3)
    one, expires = tokens.issue()
    other, _ = tokens.issue()
    assert tokens.conversation(f"Bearer {one}") != tokens.conversation(f"Bearer {other}")
    assert tokens.conversation(f"bearer {one}").startswith("widget-")
    assert abs(expires - time.time() - 3 * DAY) < 5


def test_a_token_made_here_is_read() -> None:
    assert Tokens(SECRET, 1).conversation(signed(claims())) == NAME


def changed_name() -> str:
    head, body, signature = signed(claims()).split(".")
    content = json.loads(base64.urlsafe_b64decode(body + "=="))
    content["sub"] = "widget-" + "b" * 32
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip('=')}.{signature}"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer abc",
        "Bearer é.é.é",
        "Bearer \udcff",
        "Basic " + signed(claims()).split()[1],
        signed(claims()).split()[1],
        signed(claims(), secret="t" * 40),
        signed(claims(), secret="", algorithm="none"),
        signed(claims(), algorithm="HS512"),
        signed(claims(aud="other")),
        signed(claims(aud=None)),
        signed(claims(exp=None)),
        signed(claims(sub=None)),
        signed(claims(sub="someone")),
        signed(claims(sub=NAME + "\n")),
        signed(claims(sub="widget-../../x")),
        changed_name(),
    ],
)
def test_anything_else_is_refused(authorization: str | None) -> None:
    with pytest.raises(RefusedError) as caught:
        Tokens(SECRET, 1).conversation(authorization)
    assert caught.value.code == "bad_token"


def test_an_expired_token_is_told_apart_from_a_forged_one() -> None:
    with pytest.raises(RefusedError) as caught:
        Tokens(SECRET, 1).conversation(signed(claims(exp=int(time.time()) - 1)))
    assert caught.value.code == "expired_token"
    with pytest.raises(RefusedError) as caught:
        Tokens(SECRET, 1).conversation(signed(claims(exp=int(time.time()) - 1), secret="t" * 40))
    assert caught.value.code == "bad_token"


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "widget-secret"
    secret = load_secret(file)
    assert len(secret) >= 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_secret(file) == secret
    assert [path.name for path in file.parent.iterdir()] == ["widget-secret"]


def test_those_who_make_the_secret_at_once_share_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Barrier(8)
    make = identity._make_secret

    def make_together(file: Path) -> None:
        together.wait(timeout=10)  # all have seen that there is no file
        make(file)

    monkeypatch.setattr(identity, "_make_secret", make_together)
    with ThreadPoolExecutor(8) as pool:
        for round_number in range(20):
            secrets = list(pool.map(load_secret, [tmp_path / str(round_number) / "widget-secret"] * 8))
            assert len(set(secrets)) == 1


def test_a_secret_that_is_short_or_open_to_others_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "widget-secret"
    file.write_text("short")
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="32"):
        load_secret(file)
    file.write_text(SECRET)
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_secret(file)


def test_the_name_of_a_conversation_on_a_channel_tells_nobody_who_it_is() -> None:
    name = conversation_name("whatsapp", "33612345678", "k" * 32)
    assert name == conversation_name("whatsapp", "33612345678", "k" * 32)
    assert name.startswith("whatsapp:") and "33612345678" not in name
    others = [
        ("telegram", "33612345678", "k" * 32),
        ("whatsapp", "33612345679", "k" * 32),
        ("whatsapp", "33612345678", "l" * 32),
    ]
    assert name not in [conversation_name(*other) for other in others]


def test_staff_find_a_conversation_by_the_name_that_the_provider_gives() -> None:
    config = read_settings({"WIDGET_SECRET": "k" * 32})
    name = conversation_name("whatsapp", "33612345678", "k" * 32)
    assert stored_name("whatsapp:33612345678", config) == name
    assert stored_name(name, config) == name
    assert stored_name("widget-0123", config) == "widget-0123"
