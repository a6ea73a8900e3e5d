"""At most N in any window, never N in each minute; on Redis and in one process alike."""

import pytest

from messaging.channels.base import Limit
from messaging.sending import limits
from tests.at_once import all_at_once


def take(*of_one):
    return limits.take([of_one])[0]


@pytest.fixture
def limit(request):
    return Limit(f"test:{request.node.name}", 20, 60.0)


def test_the_twenty_first_waits_for_the_first_to_leave_the_window(limit):
    assert [take(limit) for _ in range(20)] == [0.0] * 20
    wait = take(limit)
    assert 60 < wait <= 60 + limits.MARGIN_SECONDS


def test_a_refused_one_does_not_count(limit):
    for _ in range(40):
        take(limit)
    assert take(limit) <= 60 + limits.MARGIN_SECONDS


def test_limits_of_different_keys_do_not_meet(limit):
    for _ in range(20):
        take(limit)
    assert take(Limit(limit.key + ":other", 20)) == 0.0


def test_the_window_slides(limit, monkeypatch, settings):
    settings.REDIS_URL = ""
    clock = {"now": 1000.0}
    monkeypatch.setattr(limits.time, "monotonic", lambda: clock["now"])
    taken = []
    for second in range(180):
        clock["now"] = 1000.0 + second
        if take(limit) == 0.0:
            taken.append(clock["now"])
    for moment in taken:
        assert sum(moment - 60 < other <= moment for other in taken) <= 20
    assert len(taken) >= 40, "and what is allowed is used"


def test_eight_threads_share_one_limit(limit):
    granted: list[float] = []

    def worker() -> None:
        granted.extend(wait for wait in (take(limit) for _ in range(10)) if wait == 0.0)

    assert all_at_once([worker] * 8) == []
    assert len(granted) == 20


@pytest.mark.services_only
def test_without_redis_a_safe_share_remains(limit, monkeypatch):
    from redis.exceptions import ConnectionError as RedisGone

    def gone(_redis):
        raise RedisGone

    monkeypatch.setattr(limits, "_script", gone)
    assert [take(limit) for _ in range(6)].count(0.0) == 5


def test_a_whole_wave_is_asked_at_once_and_a_message_counts_towards_all_its_limits_or_none(limit):
    other = Limit(limit.key + ":other", 25)
    waits = limits.take([[limit, other]] * 22 + [[other]] * 6)
    assert [wait == 0.0 for wait in waits] == [True] * 20 + [False] * 2 + [True] * 5 + [False]
