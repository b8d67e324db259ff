"""The purges that run by themselves: of old conversations once a day, of the staff's own ones every hour."""

import asyncio
import logging
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from assistant.channels.incoming import WORKBENCH_PREFIX
from assistant.keeping import review
from assistant.privacy.export import ZONE
from assistant.privacy.records import DAY, has_conversations, purge, vacuum
from assistant.watching.figures import figures

HOUR = 3600  # seconds, also to the next trial after one that failed

logger = logging.getLogger(__name__)


def _purge(engine: Engine, before: float, prefix: str = "") -> int:
    if not has_conversations(engine):
        return 0
    count = purge(engine, before, prefix)
    if count or not prefix:
        vacuum(engine)  # also for what visitors have deleted since the last time
    return count


async def purge_once(engine: Engine, days: int) -> int:
    """Deletes, in a thread, the conversations whose last event is older; returns their number."""
    count = await asyncio.to_thread(_purge, engine, time.time() - days * DAY)
    figures().purged.inc(count)
    figures().last_purge.set_to_current_time()
    logger.info("Conversations deleted because of their age: %d", count)
    return count


def purge_reviews(days: int, file: Path) -> None:
    """Deletes the messages that the staff marked as misunderstood so long ago. What goes wrong is logged."""
    try:
        count = review.purge(days, datetime.now(ZONE).date(), file)
        logger.info("Marked messages deleted because of their age: %d", count)
    except (review.ReviewError, OSError):
        logger.exception("Old marked messages could not be deleted; next trial in a day")


async def purge_daily(engine: Engine, days: int, review_file: Path) -> None:
    """Does both now and every day, for ever; a database that does not answer is asked again in an hour."""
    while True:
        await asyncio.to_thread(purge_reviews, days, review_file)
        try:
            await purge_once(engine, days)
            pause = DAY
        except SQLAlchemyError:
            logger.exception("Old conversations could not be deleted; next trial in %d seconds", HOUR)
            pause = HOUR
        await asyncio.sleep(pause)


async def purge_trials_hourly(engine: Engine) -> None:
    """Deletes, now and every hour, for ever, the staff's conversations whose last event is older than a day."""
    while True:
        try:
            await asyncio.to_thread(_purge, engine, time.time() - DAY, WORKBENCH_PREFIX)
        except SQLAlchemyError:
            logger.exception("The staff's old conversations could not be deleted; next trial in %d seconds", HOUR)
        await asyncio.sleep(HOUR)
