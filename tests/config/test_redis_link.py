"""A Redis that is silent is waited for once, not once for every key."""

import socket
import threading
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.test import override_settings

from config import redis_link

pytestmark = pytest.mark.services_only


class Silent:
    """Takes connections and never says a word; `calls` is how many came."""

    def __init__(self):
        self.calls = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._kept = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                self._kept.append(self._server.accept())
            except OSError:
                return
            self.calls += 1

    def close(self):
        # Wakes the thread in `accept`, which `close` alone does not.
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection, _ in self._kept:
            connection.close()


@pytest.fixture
def silent(settings):
    server = Silent()
    usual = settings.CACHES["default"]
    quick = {**usual["OPTIONS"], "SOCKET_TIMEOUT": 0.1}
    there = {**usual, "LOCATION": f"redis://127.0.0.1:{server.port}/0", "OPTIONS": quick}
    with override_settings(CACHES={"default": there}):
        redis_link.forget_failure()
        yield server
        caches["default"].close()
    redis_link.forget_failure()
    server.close()


def test_after_a_silence_the_cache_is_empty_at_once(silent, monkeypatch):
    monkeypatch.setattr(redis_link, "REST_SECONDS", 3600)
    redis_link.forget_failure()
    cache = caches["default"]
    assert cache.get("a", "nothing") == "nothing"
    waited_for = silent.calls
    assert waited_for >= 1
    for number in range(20):
        assert cache.get(f"b{number}") is None
        cache.set(f"b{number}", 1)
    with pytest.raises(redis_link.RedisAway):
        redis_link.ask(lambda redis: redis.ping())
    assert silent.calls == waited_for


def test_rests_grow_to_their_bound_and_end_with_an_answer(silent, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(redis_link, "time", SimpleNamespace(monotonic=lambda: now[0]))
    rests = []
    for _ in range(5):
        with pytest.raises(redis_link.RedisAway):
            redis_link.ask(lambda redis: redis.ping())
        rests.append(redis_link._rests_until - now[0])
        now[0] = redis_link._rests_until
    assert rests == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_who_wants_to_know_asks_in_spite_of_a_rest_and_an_answer_ends_it():
    redis_link._let_rest()
    redis_link._let_rest()
    with pytest.raises(redis_link.RedisAway):
        redis_link.ask(lambda redis: redis.ping())
    with redis_link.without_rests():
        assert redis_link.ask(lambda redis: redis.ping())
    assert redis_link.ask(lambda redis: redis.ping())
    assert redis_link._rest == redis_link.REST_SECONDS
