"""The purge that runs by itself: at the start of each server and once a day."""

import asyncio
import logging
import time
from datetime import datetime

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from assistant.keeping import review
from assistant.privacy.export import ZONE
from assistant.privacy.records import DAY, has_conversations, purge, vacuum
from assistant.watching.figures import figures

AGAIN = 3600  # seconds to the next trial after one that failed

logger = logging.getLogger(__name__)


def _purge(engine: Engine, before: float) -> int:
    if not has_conversations(engine):
        return 0
    count = purge(engine, before)
    vacuum(engine)  # also for what visitors have deleted since the last time
    return count


async def purge_once(engine: Engine, days: int) -> int:
    """Deletes, in a thread, the conversations whose last event is older; returns their number."""
    count = await asyncio.to_thread(_purge, engine, time.time() - days * DAY)
    figures().purged.inc(count)
    figures().last_purge.set_to_current_time()
    logger.info("Conversations deleted because of their age: %d", count)
    return count


def purge_reviews(days: int) -> None:
    """Deletes the messages that the staff marked as misunderstood so long ago. What goes wrong is logged."""
    try:
        count = review.purge(days, datetime.now(ZONE).date())
        logger.info("Marked messages deleted because of their age: %d", count)
    except (review.ReviewError, OSError):
        logger.exception("Old marked messages could not be deleted; next trial in a day")


async def purge_daily(engine: Engine, days: int) -> None:
    """Does so now and every day, for ever; a database that does not answer is asked again in an hour."""
    while True:
        await asyncio.to_thread(purge_reviews, days)
        try:
            await purge_once(engine, days)
            pause = DAY
        except SQLAlchemyError:
            logger.exception("Old conversations could not be deleted; next trial in %d seconds", AGAIN)
            pause = AGAIN
        await asyncio.sleep(pause)
