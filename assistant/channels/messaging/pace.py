"""How many messages a person may send on a messaging channel, and what becomes of those beyond."""

from enum import Enum

from assistant.channels.messaging.calls import Delivery
from assistant.channels.rates import Rates
from assistant.nlu.repair import abbreviations
from assistant.nlu.safety import load_safety
from assistant.settings import ROOT, Settings


class Pace(Enum):
    """What becomes of a message."""

    ANSWERED = "answered"
    ASKED_TO_WAIT = "asked to wait"
    DROPPED = "dropped"


class Pacer:
    """Judges the pace of one person after the other.

    What holds a pattern of `data/safety.yml` is always answered: somebody who writes in need may well write fast. The
    patterns are read without the model.
    """

    def __init__(self, config: Settings) -> None:
        """Takes the limit."""
        self._limit = config.channel_messages
        self._rates = Rates(config.redis_url)
        self._patterns = load_safety(ROOT / "data" / "safety.yml", abbreviations())

    async def judge(self, sender: str, delivery: Delivery) -> Pace:
        """Counts a message; with the conversation's lock held, so that one of each window is asked to wait.

        Args:
            sender: the person's conversation.
            delivery: the message.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        beyond = await self._rates.beyond(self._limit, "channel", sender)
        if not beyond or self._patterns.judge(delivery.text or "")[0]:
            return Pace.ANSWERED
        return Pace.ASKED_TO_WAIT if beyond == 1 else Pace.DROPPED
