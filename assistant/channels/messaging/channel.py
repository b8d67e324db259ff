"""The channels as Rasa mounts them: `/webhooks/<name>/webhook`, one class a provider in credentials.yml.

A message is acknowledged when it is handled and stored, so that nothing that was accepted is lost; its answer may still
be on the way then.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import action_server
from assistant.channels.gate import FAILURE, BodyTooLargeError, BodyTooSlowError, Gate, read_body, report
from assistant.channels.identity import conversation_name, secret_of
from assistant.channels.incoming import BadRequestError
from assistant.channels.messaging.calls import Call, Delivery, NotGenuineError, Reply
from assistant.channels.messaging.drawing import drawables, plain
from assistant.channels.messaging.exchange import Answers, Exchange
from assistant.channels.messaging.messenger import Messenger
from assistant.channels.messaging.pace import Pace, Pacer
from assistant.channels.messaging.post import Post
from assistant.channels.messaging.provider import Provider
from assistant.channels.messaging.signed import Signed
from assistant.channels.messaging.slack import Slack
from assistant.channels.messaging.telegram import Telegram
from assistant.channels.messaging.twilio import Twilio
from assistant.channels.messaging.whatsapp import WhatsApp
from assistant.channels.refusals import RefusedError
from assistant.channels.turns import STORE_ERRORS, in_time
from assistant.content.catalogue import Catalogue, catalogue
from assistant.privacy import logs
from assistant.settings import Settings, settings
from assistant.stores.deliveries import Deliveries
from assistant.watching.figures import figures, turn

logger = logging.getLogger(__name__)

ACKNOWLEDGED = 1.5  # seconds that the provider waits for an answer to go out; Slack wants to be told within three
LEASE = 3  # times the bound of sending: after that, whoever was sending an answer has ended
TOO_OLD = 12 * 3600  # seconds after which an answer is no longer sent: nobody waits for it
PROVIDERS: tuple[type[Provider], ...] = (Telegram, Messenger, WhatsApp, Twilio, Slack, Signed)
BODIES = ("application/json", "application/x-www-form-urlencoded")


class MessagingChannel(InputChannel):
    """A messaging channel; off, and answering 404, where its variables do not make it on."""

    provider_class: ClassVar[type[Provider]]

    def __init__(self, content: Catalogue, config: Settings) -> None:
        """Takes the content and the settings."""
        self._config = config
        self._gate = Gate(content, config)
        own = config.channels[self.name()]
        self._provider = self.provider_class(own) if own.is_on else None
        self._secret = secret_of(config) if own.is_on else ""
        self._pacer = Pacer(config) if own.is_on else None
        self._post = Post(self._provider, config.channel_send_seconds) if self._provider else None
        self._deliveries: Deliveries | None = None
        self._watching: asyncio.Task[None] | None = None
        if own.wanted and not own.is_on:
            lacks = [*(f"{name} manque" for name in own.missing), *own.wrong]
            logger.warning("Le canal %s est arrêté : %s.", self.provider_class.title, " ; ".join(lacks))

    @classmethod
    def name(cls) -> str:
        """The channel's name and the place of its addresses."""
        return cls.provider_class.name

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "MessagingChannel":
        """Makes the channel; its credentials are the settings'."""
        logs.configure()
        return cls(catalogue(), settings())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel (see the base class).

        Messages go to the agent itself, not to `on_new_message`, which takes the conversation's lock again.
        """
        blueprint = Blueprint(f"{self.name()}_channel")

        @blueprint.get("/")
        async def state(request: Request) -> HTTPResponse:
            return response.json({"status": "on" if self._provider else "off"}, status=200 if self._provider else 404)

        @blueprint.route("/webhook", methods=["GET", "POST"], stream=True)
        async def receive(request: Request) -> HTTPResponse:
            answer = await self._receive(request)
            return HTTPResponse(answer.body, answer.status, content_type=answer.content_type)

        @blueprint.listener("after_server_start")
        async def take_action_server(app: Sanic, *_: Any) -> None:
            action_server.connect(app, self._config)
            if self._provider:
                self._watching = asyncio.create_task(self._watch(app))

        @blueprint.listener("before_server_stop")
        async def finish(*_: Any) -> None:
            if self._watching:
                self._watching.cancel()
            if self._post:
                await self._post.close()

        return blueprint

    async def _receive(self, request: Request) -> Reply:
        if self._provider is None:
            return Reply(404)
        try:
            call = await self._call(request)
            if request.method == "GET":
                return self._provider.handshake(call)
            return await self._handle(request.app.ctx.agent, self._provider, call)
        except BodyTooLargeError:
            return Reply(413)
        except BodyTooSlowError:
            return Reply(408)
        except (BadRequestError, SanicException):
            return Reply(400)
        except NotGenuineError as refusal:
            return Reply(refusal.status)
        except (RefusedError, *STORE_ERRORS) as problem:
            report(problem)
            return self._unavailable(Reply(503))
        except Exception as problem:
            report(problem)
            return self._unavailable(Reply(500))

    def _unavailable(self, otherwise: Reply) -> Reply:
        """Where the provider delivers nothing again, the person is told; else it does it later."""
        text = plain(self._gate.own_answer(FAILURE)["text"])
        return (self._provider.apology(text) if self._provider else None) or otherwise

    async def _call(self, request: Request) -> Call:
        body = await read_body(request, self._config.max_body_bytes)
        headers = {name.lower(): value for name, value in request.headers.items()}
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if request.method == "POST" and kind not in BODIES:
            raise BadRequestError
        query = {name: values[0] for name, values in request.get_args(keep_blank_values=True).items()}
        return Call(query, request.query_string, headers, body, time.time())

    async def _handle(self, agent: Any, provider: Provider, call: Call) -> Reply:
        provider.check(call)
        deliveries = self._known(agent)
        once = provider.replay_key(call)
        if once and await deliveries.find(once):
            raise NotGenuineError(403)
        sending = [await in_time(self._take(agent, deliveries, delivery)) for delivery in provider.read(call)]
        if once:
            await deliveries.keep(once)
        tasks = [task for task in sending if task]
        if tasks:
            await asyncio.wait(tasks, timeout=ACKNOWLEDGED)
        return provider.reply(call)

    def _known(self, agent: Any) -> Deliveries:
        if not agent or not agent.is_ready():
            raise RefusedError("unavailable")
        if self._deliveries is None:
            self._deliveries = Deliveries(agent.tracker_store.engine, self.name())
        return self._deliveries

    def _exchange(self, agent: Any, delivery: Delivery) -> Exchange:
        name = conversation_name(self.name(), delivery.conversation, self._secret)
        return Exchange(agent, self._gate, name, self.name())

    async def _take(self, agent: Any, deliveries: Deliveries, delivery: Delivery) -> "asyncio.Task[None] | None":
        """Handles a delivery, unless it has been handled, and begins to send the answer."""
        exchange = self._exchange(agent, delivery)
        async with exchange.held():
            if await deliveries.find(delivery.id):
                return None  # what is not sent yet is on its way, or overdue: see `_send_overdue`
            pace = await self._pace(exchange.sender, delivery)
            if pace is Pace.DROPPED:
                return None
            with turn(self.name(), exchange.sender, self._gate.content) as current:
                handle = exchange.turn if pace is Pace.ANSWERED else exchange.ask_to_wait
                answers = await handle(delivery)
                current.answered(answer["answer"] for answer in answers)
            where = {"id": delivery.id, "conversation": delivery.conversation, "to": dict(delivery.to)}
            await deliveries.keep(delivery.id, where if answers else None)
            return await self._send(agent, exchange, deliveries, delivery, answers) if answers else None

    async def _pace(self, sender: str, delivery: Delivery) -> Pace:
        assert self._pacer is not None
        pace = await self._pacer.judge(sender, delivery)
        if pace is not Pace.ANSWERED:
            figures().refused.labels(self.name(), "too_many").inc()
        return pace

    async def _send(
        self, agent: Any, exchange: Exchange, deliveries: Deliveries, delivery: Delivery, answers: Answers
    ) -> "asyncio.Task[None]":
        assert self._post is not None

        async def finished() -> None:
            await deliveries.keep(delivery.id)

        drawn = drawables(answers, self._gate.content)
        task = self._post.start(agent.lock_store, exchange.sender, delivery, drawn, finished)
        await asyncio.sleep(0)  # it takes its place in the queue
        return task

    async def _watch(self, app: Sanic) -> None:
        """Sends, for as long as the server runs, what a server that has ended left unsent."""
        pause = LEASE * self._config.channel_send_seconds / 2
        while True:
            try:
                agent = app.ctx.agent
                await self._send_overdue(agent, self._known(agent))
            except (RefusedError, *STORE_ERRORS) as problem:
                logger.warning("%s: cannot look for unsent answers: %s", self.name(), type(problem).__name__)
            except Exception as problem:
                report(problem)
            await asyncio.sleep(pause)

    async def _send_overdue(self, agent: Any, deliveries: Deliveries) -> None:
        now = time.time()
        for handled in await deliveries.overdue(now - LEASE * self._config.channel_send_seconds, now - TOO_OLD):
            if not handled.unsent or not await deliveries.claim(handled):
                continue
            delivery = Delivery(**handled.unsent)
            exchange = self._exchange(agent, delivery)
            async with exchange.held():
                answers = await exchange.stored(delivery)
                if answers:
                    await self._send(agent, exchange, deliveries, delivery, answers)
                else:  # deleted meanwhile
                    await deliveries.keep(delivery.id)


class TelegramChannel(MessagingChannel):
    """`/webhooks/telegram/webhook`."""

    provider_class = Telegram


class MessengerChannel(MessagingChannel):
    """`/webhooks/messenger/webhook`."""

    provider_class = Messenger


class WhatsAppChannel(MessagingChannel):
    """`/webhooks/whatsapp/webhook`, Meta's Cloud API."""

    provider_class = WhatsApp


class TwilioChannel(MessagingChannel):
    """`/webhooks/twilio/webhook`, WhatsApp through Twilio."""

    provider_class = Twilio


class SlackChannel(MessagingChannel):
    """`/webhooks/slack/webhook`."""

    provider_class = Slack


class SignedChannel(MessagingChannel):
    """`/webhooks/signed/webhook`."""

    provider_class = Signed
