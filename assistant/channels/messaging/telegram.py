"""Telegram (Bot API): inline keyboards, emphasis as HTML. aiogram reads what comes in."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.types import ChatType, ContentType, Message, Update

from assistant.channels.incoming import BadRequestError, parse_object
from assistant.channels.messaging.calls import Call, Delivery, Outgoing, Verdict
from assistant.channels.messaging.capabilities import CAPABILITIES
from assistant.channels.messaging.drawing import Drawable, emphasised, shortened, with_source
from assistant.channels.messaging.provider import Provider, as_mapping, by_status, require, seconds

LIMITS = CAPABILITIES["telegram"]
# What happens in a chat and is no message of a person to the bot.
_EVENTS = frozenset(
    {
        *ContentType.NEW_CHAT_MEMBERS,
        *ContentType.LEFT_CHAT_MEMBER,
        *ContentType.NEW_CHAT_TITLE,
        *ContentType.NEW_CHAT_PHOTO,
        *ContentType.DELETE_CHAT_PHOTO,
        *ContentType.GROUP_CHAT_CREATED,
        *ContentType.PINNED_MESSAGE,
        *ContentType.MIGRATE_TO_CHAT_ID,
        *ContentType.MIGRATE_FROM_CHAT_ID,
        *ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        *ContentType.VOICE_CHAT_STARTED,
        *ContentType.VOICE_CHAT_ENDED,
        *ContentType.VOICE_CHAT_PARTICIPANTS_INVITED,
    }
)
# What is a message of a person and holds no text: the fields that say so (core.telegram.org/bots/api#message).
_OTHERS = (
    "animation", "audio", "contact", "dice", "document", "game", "location", "paid_media", "photo", "poll", "sticker",
    "story", "venue", "video", "video_note", "voice", "checklist",
)  # fmt: skip


class Telegram(Provider):
    """See core.telegram.org/bots/api#getting-updates and #sendmessage."""

    name = "telegram"
    title = "Telegram"

    def check(self, call: Call) -> None:
        """Compares the secret token that `setWebhook` was given (see the base class)."""
        require(call.headers.get("x-telegram-bot-api-secret-token"), self.values["TELEGRAM_SECRET"])

    def read(self, call: Call) -> list[Delivery]:
        """The message or the pressed button of an update (see the base class)."""
        content = parse_object(call.body)
        if not isinstance(content.get("update_id"), int):
            raise BadRequestError("La requête n’est pas une mise à jour de Telegram.")
        try:
            delivery = self._delivery(Update(**content), content)
        except (KeyError, TypeError, ValueError, AttributeError):  # aiogram reads a field when it is asked for
            raise BadRequestError("La mise à jour de Telegram est incomplète.") from None
        return [delivery] if delivery else []

    def _delivery(self, update: Update, content: Mapping[str, Any]) -> Delivery | None:
        if update.callback_query:
            query = update.callback_query
            if not query.message or query.from_user.is_bot or not isinstance(query.data, str):
                return None
            to = self._to(query.message)
            return Delivery(
                f"update-{update.update_id}",
                self._conversation(query.message, query.from_user.id),
                {**to, "callback": query.id},
                payload=query.data,
            )
        message = update.message
        if not message or not message.from_user or message.from_user.is_bot or message.content_type in _EVENTS:
            return None
        raw = as_mapping(content["message"])
        text = message.text or message.caption
        has_other = any(name in raw for name in _OTHERS)
        if not text and not has_other:
            return None
        is_private = message.chat.type == ChatType.PRIVATE
        if not is_private:
            text = self._addressed(message, text or "")
            if text is None:
                return None
        return Delivery(
            f"update-{update.update_id}",
            self._conversation(message, message.from_user.id),
            {**self._to(message), **({} if is_private else {"reply_to": message.message_id})},
            text=self._without_own_name(text or "").strip() or None,
            has_other=has_other,
        )

    def _addressed(self, message: Message, text: str) -> str | None:
        """What a message in a group says to the bot, None if it is not for the bot.

        It is when it answers the bot, or names it, or is a command that names no other.
        """
        bot = int(self.values["TELEGRAM_TOKEN"].split(":")[0])
        answered = message.reply_to_message
        if answered and answered.from_user and answered.from_user.id == bot:
            return text
        name = self._own_name()
        if name and f"@{name}".lower() in text.lower():
            return text
        first = text.split(" ")[0]
        return text if first.startswith("/") and "@" not in first else None

    def _own_name(self) -> str:
        return self.values["TELEGRAM_USERNAME"].lstrip("@")

    def _without_own_name(self, text: str) -> str:
        name = self._own_name()
        if not name:
            return text
        start = text.lower().find(f"@{name}".lower())
        return text if start < 0 else text[:start] + text[start + len(name) + 1 :]

    @staticmethod
    def _conversation(message: Message, person: int) -> str:
        """A person's conversation; in a group everybody has their own."""
        chat = int(message.chat.id)
        return str(chat) if chat == person else f"{chat}.{int(person)}"

    @staticmethod
    def _to(message: Message) -> dict[str, Any]:
        thread = getattr(message, "message_thread_id", None)
        return {"chat": int(message.chat.id), **({"thread": thread} if isinstance(thread, int) else {})}

    def draw(self, turn: Sequence[Drawable]) -> list[dict[str, Any]]:
        """Texts as HTML; links and next steps as buttons below, one a row (see the base class)."""
        messages: list[dict[str, Any]] = []
        for answer in turn:
            texts = with_source(answer, LIMITS.text, _html)
            messages += [
                {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}} for text in texts
            ]
            rows = [[{"text": shortened(link.title, LIMITS.link_title), "url": link.url}] for link in answer.links]
            rows += [
                [{"text": shortened(choice.title, LIMITS.choice_title), "callback_data": choice.payload}]
                for choice in answer.choices[: LIMITS.choices]
            ]
            if rows:
                messages[-1]["reply_markup"] = {"inline_keyboard": rows}
        return messages

    def request(self, delivery: Delivery, message: dict[str, Any], number: int) -> Outgoing:
        """`sendMessage` (see the base class)."""
        body = {"chat_id": delivery.to["chat"], **message}
        if "thread" in delivery.to:
            body["message_thread_id"] = delivery.to["thread"]
        if "reply_to" in delivery.to and number == 0:
            body["reply_parameters"] = {"message_id": delivery.to["reply_to"], "allow_sending_without_reply": True}
        return Outgoing(self._method("sendMessage"), json=body)

    def notes(self, delivery: Delivery) -> list[Outgoing]:
        """Takes the spinner off a pressed button (see the base class)."""
        if "callback" not in delivery.to:
            return []
        body = {"callback_query_id": delivery.to["callback"]}
        return [Outgoing(self._method("answerCallbackQuery"), json=body, matters=False)]

    def verdict(self, status: int, headers: Mapping[str, str], body: Any) -> Verdict:
        """By the status; `parameters.retry_after` says how long to wait (see the base class)."""
        content = as_mapping(body)
        verdict = by_status(status, headers)
        wait = seconds(as_mapping(content.get("parameters")).get("retry_after")) or verdict.wait
        return Verdict(verdict.taken and content.get("ok") is True, verdict.again, wait, verdict.why)

    def probe(self) -> Outgoing:
        """`getMe` (see the base class)."""
        return Outgoing(self._method("getMe"), json={})

    def _method(self, name: str) -> str:
        return f"{self.values['TELEGRAM_API_URL'].rstrip('/')}/bot{self.values['TELEGRAM_TOKEN']}/{name}"


def _html(text: str) -> str:
    return emphasised(html.escape(text, quote=False), lambda part: f"<b>{part}</b>")
