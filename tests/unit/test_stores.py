from pathlib import Path

import pytest
from rasa.core.lock_store import InMemoryLockStore, RedisLockStore
from rasa.shared.core.domain import Domain

from assistant.settings import read_settings
from assistant.stores import lock, tracker


def test_locks_are_in_memory_unless_redis_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "settings", lambda: read_settings({}))
    assert isinstance(lock.ConfiguredLockStore(), InMemoryLockStore)
    monkeypatch.setattr(lock, "settings", lambda: read_settings({"REDIS_URL": "rediss://me:p%40ss@cache:7000/3"}))
    store = lock.ConfiguredLockStore()
    assert isinstance(store, RedisLockStore)
    options = store.red.connection_pool.connection_kwargs
    assert (options["host"], options["port"], options["db"], options["password"]) == ("cache", 7000, 3, "p@ss")


def test_conversations_go_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "c.db"
    monkeypatch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": f"sqlite:///{file}"}))
    tracker.ConversationStore(domain=Domain.empty(), host="ignored")
    assert file.exists()
