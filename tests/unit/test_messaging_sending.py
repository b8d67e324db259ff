"""Sending, the memory of deliveries and `make channels`, against the stand-in; no assistant."""

import asyncio
import time
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.lock_store import InMemoryLockStore, LockError

from assistant.channel_settings import read_channels
from assistant.channels.messaging.calls import Delivery
from assistant.channels.messaging.channel import PROVIDERS
from assistant.channels.messaging.drawing import Drawable
from assistant.channels.messaging.post import Post
from assistant.check_channels import table
from assistant.stores.deliveries import DAY, Deliveries
from assistant.watching.figures import figures
from tests.messaging.standin import Fault, StandIn, running

TO: dict[str, Any] = {"chat": 5}
TURN = [Drawable("un"), Drawable("deux")]


@pytest.fixture(scope="module")
def shared() -> Iterator[StandIn]:
    with running() as server:
        yield server


@pytest.fixture
def standin(shared: StandIn) -> StandIn:
    shared.arrived.clear()
    shared.faults.clear()
    shared.problems.clear()
    figures.cache_clear()
    return shared


def counts() -> dict[str, float]:
    """What became of the messages of this test, without what did not happen."""
    samples = [sample for family in figures().deliveries.collect() for sample in family.samples]
    return {
        sample.labels["outcome"]: sample.value
        for sample in samples
        if sample.name.endswith("_total") and sample.labels["channel"] == "telegram" and sample.value
    }


def post_for(standin: StandIn, seconds: float = 3) -> Post:
    kind = PROVIDERS[0]
    return Post(kind(read_channels(standin.environ())["telegram"]), seconds)


def run(work: Awaitable[Any]) -> Any:
    async def main() -> Any:
        return await work

    return asyncio.run(main())


async def send(post: Post, turns: list[list[Drawable]], store: Any = None, chat: int = 5) -> list[str]:
    """Sends turns of one conversation at once; gives what was noted as finished."""
    noted: list[str] = []
    tasks = []
    for number, turn in enumerate(turns):

        async def finished(number: int = number) -> None:
            noted.append(str(number))

        delivery = Delivery(f"m{number}", str(chat), {"chat": chat})
        tasks.append(post.start(store or InMemoryLockStore(), f"telegram:{chat}", delivery, turn, finished))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    await post.close()
    return noted


def texts(standin: StandIn) -> list[str]:
    return [shown.text for arrived in standin.arrived if (shown := arrived.shown)]


def test_turns_go_out_in_order_although_the_first_is_tried_again(standin: StandIn) -> None:
    standin.faults["telegram"] += [Fault(500)]
    post = post_for(standin)
    assert run(send(post, [TURN, [Drawable("trois")]])) == ["0", "1"]
    assert texts(standin) == ["un", "deux", "trois"]
    assert counts() == {"sent": 3, "retried": 1}


def test_what_the_provider_refuses_is_not_tried_again_and_ends_the_turn(standin: StandIn) -> None:
    standin.faults["telegram"] += [Fault(403, {"ok": False})]
    post = post_for(standin)
    assert run(send(post, [TURN])) == ["0"]
    assert counts() == {"refused": 1}
    assert len(standin.arrived) == 1


def test_a_provider_that_hangs_is_given_up_within_the_bound(standin: StandIn) -> None:
    standin.faults["telegram"] += [Fault(200, delay=5, takes=False)]
    post = post_for(standin, seconds=1)
    started = time.monotonic()
    assert run(send(post, [TURN])) == ["0"]
    assert time.monotonic() - started < 4
    assert counts()["given_up"] == 1


def test_a_wait_beyond_the_bound_is_not_begun(standin: StandIn) -> None:
    standin.faults["telegram"] += [Fault(429, {"ok": False, "parameters": {"retry_after": 3600}})]
    post = post_for(standin, seconds=2)
    started = time.monotonic()
    run(send(post, [TURN]))
    assert time.monotonic() - started < 2
    assert (counts()["given_up"], len(standin.arrived)) == (1, 1)


def test_one_conversation_does_not_hold_up_another(standin: StandIn) -> None:
    standin.faults["telegram"] += [Fault(200, {"ok": True}, delay=1.5, takes=True)]
    post = post_for(standin)

    async def both() -> None:
        slow = asyncio.create_task(send(post, [[Drawable("lent")]], chat=5))
        await asyncio.sleep(0.2)
        await post.ask(post._provider.request(Delivery("n", "6", {"chat": 6}), {"text": "vite"}, 0))
        assert not slow.done()
        await slow

    run(both())
    assert texts(standin) == ["lent", "vite"]  # as they came in; the second was answered first


def test_without_a_lock_store_the_order_holds_within_the_process(standin: StandIn) -> None:
    class Down(InMemoryLockStore):
        def issue_ticket(self, *_: Any, **__: Any) -> int:
            raise LockError("down")

    standin.faults["telegram"] += [Fault(500)]
    assert run(send(post_for(standin), [TURN, [Drawable("trois")]], Down())) == ["0", "1"]
    assert texts(standin) == ["un", "deux", "trois"]


def test_a_place_in_the_queue_that_a_killed_server_left_is_passed(standin: StandIn) -> None:
    store = InMemoryLockStore()
    store.issue_ticket("sending:telegram:5", 600)
    assert run(send(post_for(standin, seconds=1), [[Drawable("un")]], store)) == ["0"]
    assert texts(standin) == ["un"]


def test_a_redirection_takes_no_credentials_elsewhere(standin: StandIn) -> None:
    standin.faults["telegram"] += [Fault(307, {}, {"Location": "http://127.0.0.1:9/"})]
    post = post_for(standin)
    run(send(post, [TURN]))
    assert counts() == {"refused": 1}


@pytest.fixture
def deliveries(tmp_path: Path) -> Deliveries:
    return Deliveries(sa.create_engine(f"sqlite:///{tmp_path / 'd.db'}"), "telegram")


def test_a_delivery_is_known_once_it_is_kept(deliveries: Deliveries) -> None:
    async def all_of_it() -> None:
        assert await deliveries.find("a") is None
        await deliveries.keep("a", {"to": {"chat": 1}})
        found = await deliveries.find("a")
        assert found
        assert found.unsent == {"to": {"chat": 1}}
        assert await deliveries.overdue(time.time() + 1, 0) == [found]
        assert await deliveries.overdue(time.time() - 60, 0) == []
        assert await deliveries.claim(found)
        assert not await deliveries.claim(found), "another was faster"
        await deliveries.keep("a")
        done = await deliveries.find("a")
        assert done
        assert done.unsent is None
        assert await deliveries.overdue(time.time() + 1, 0) == []
        other = Deliveries(deliveries._engine, "slack")
        assert await other.find("a") is None

    run(all_of_it())


def test_no_id_of_a_provider_is_kept_and_old_ones_go(deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch) -> None:
    run(deliveries.keep("wamid.33612345678"))
    with deliveries._engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM channel_deliveries")).all()
    assert "33612345678" not in str(rows)
    later = time.time() + 9 * DAY
    monkeypatch.setattr(time, "time", lambda: later)
    assert run(deliveries.find("wamid.33612345678")) is None


def test_many_at_once_keep_one(deliveries: Deliveries) -> None:
    async def at_once() -> None:
        other = Deliveries(deliveries._engine, "telegram")
        await asyncio.gather(*(which.keep("a") for which in (deliveries, other) * 10))

    run(at_once())
    with deliveries._engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM channel_deliveries")).scalar() == 1


def listed(environ: dict[str, str]) -> tuple[str, bool]:
    lines, good = run(table(read_channels(environ), "https://a.example"))
    return "\n".join(lines), good


def test_the_table_of_channels(standin: StandIn) -> None:
    nothing, good = listed({})
    assert good
    assert nothing.count("éteint") == 6
    assert "il manque TELEGRAM_TOKEN" in nothing
    everything, good = listed(standin.environ())
    assert good
    assert everything.count("allumé") == 6
    assert everything.count("identifiants acceptés") == 5
    assert "https://a.example/webhooks/whatsapp/webhook" in everything
    half, good = listed({"TELEGRAM_TOKEN": "1:abcdefghij", "SLACK_TOKEN": "wrong"})
    assert not good
    assert half.count("à finir") == 2
    assert "SLACK_TOKEN n’a pas la forme attendue" in half


@pytest.mark.parametrize(
    ("title", "variable", "value"),
    [
        ("Telegram", "TELEGRAM_TOKEN", "1:another-token"),
        ("Facebook Messenger", "MESSENGER_PAGE_TOKEN", "another-token"),
        ("WhatsApp (API Cloud de Meta)", "WHATSAPP_TOKEN", "another-token"),
        ("WhatsApp (Twilio)", "TWILIO_AUTH_TOKEN", "another-token"),
        ("Slack", "SLACK_TOKEN", "xoxb-another1"),
    ],
)
def test_wrong_credentials_are_told_and_stop_no_other(standin: StandIn, title: str, variable: str, value: str) -> None:
    lines, good = listed({**standin.environ(), variable: value})
    assert not good
    (wrong,) = [line for line in lines.splitlines() if "refusés" in line]
    assert wrong.startswith(title)
    assert value not in lines
    assert lines.count("identifiants acceptés") == 4


def test_a_provider_that_does_not_answer_is_not_called_wrong(standin: StandIn) -> None:
    lines, good = listed({**standin.environ(), "TELEGRAM_API_URL": "http://127.0.0.1:9"})
    assert good
    assert "pas de réponse utilisable (ClientConnectorError)" in lines
