"""The lock store: in memory, or Rasa's own on Redis when the environment gives its address."""

from urllib.parse import unquote, urlsplit

from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.utils.endpoints import EndpointConfig

from assistant.settings import settings

DEFAULT_REDIS_PORT = 6379


class ConfiguredLockStore(LockStore):
    """Makes the lock store that `REDIS_URL` asks for: `redis://[user:password@]host[:port][/db]`, or none.

    Rasa's lock store on Redis is safe for one process only; several must each keep their own senders.
    """

    def __new__(cls, endpoint_config: EndpointConfig | None = None) -> LockStore:
        """Returns a store of another class than this one; Rasa passes the argument, it is not needed."""
        url = settings().redis_url
        if url is None:
            return InMemoryLockStore()
        parts = urlsplit(url)
        return RedisLockStore(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or DEFAULT_REDIS_PORT,
            db=int(parts.path.strip("/") or 0),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_ssl=parts.scheme == "rediss",
        )
