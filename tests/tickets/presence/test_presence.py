"""Who counts as there, and who is told when that changes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from config.errors import InvalidInputError
from config.events import publish
from config.events.models import OutboxEntry
from config.runtime import store
from tests.at_once import all_at_once
from tests.factories import UserFactory
from tickets.models import AgentPresence
from tickets.presence.actions import (
    presence_lost,
    presence_seen,
    presence_set,
    presences_sweep,
)
from tickets.presence.queries import is_present, present_users

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 26, 2, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def announced() -> list[tuple[str, str]]:
    """The changes that were announced since the last look: from what to what."""
    entries = OutboxEntry.objects.filter(name="agent.presence").order_by("id")
    changes = [(e.payload["data"]["previous"], e.payload["data"]["status"]) for e in entries]
    entries.delete()
    return changes


def later(clock: Any, seconds: float) -> None:
    clock.shift(timedelta(seconds=seconds))
    store.forget_snapshot()


def test_who_chose_nothing_is_not_there(lisi: Any):
    presence_seen(user=lisi)
    assert not is_present(lisi)
    assert announced() == []


def test_online_counts_while_the_page_is_heard(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=None)
    for _ in range(10):
        later(clock, 50)
        presence_seen(user=lisi)
        assert is_present(lisi)
    later(clock, 61)
    assert not is_present(lisi)


def test_busy_is_there_but_not_among_those_who_take_work(lisi: Any, clock: Any):
    presence_set(user=lisi, status="busy", holds_for=None)
    assert list(present_users()) == []
    assert announced() == [("offline", "busy")]


def test_from_the_app_online_holds_without_any_page(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=timedelta(hours=2))
    later(clock, 2 * 3600 - 1)
    presences_sweep()
    assert is_present(lisi)
    later(clock, 2)
    assert not is_present(lisi)
    announced()
    assert presences_sweep() == 1
    assert announced() == [("online", "offline")]


def test_only_a_change_of_what_others_see_is_announced(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=None)
    presence_set(user=lisi, status="online", holds_for=timedelta(hours=1))
    presence_set(user=lisi, status="busy", holds_for=None)
    presence_set(user=lisi, status="offline", holds_for=None)
    presence_set(user=lisi, status="offline", holds_for=None)
    assert announced() == [("offline", "online"), ("online", "busy"), ("busy", "offline")]


def test_a_silent_page_is_swept_once(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=None)
    later(clock, 59)
    assert presences_sweep() == 0
    later(clock, 2)
    assert presences_sweep() == 1
    assert presences_sweep() == 0
    assert announced() == [("offline", "online"), ("online", "offline")]


def test_after_a_short_break_one_is_back_as_one_was(lisi: Any, clock: Any):
    presence_set(user=lisi, status="busy", holds_for=None)
    later(clock, 120)
    presences_sweep()
    announced()
    later(clock, 239 * 60)
    presence_seen(user=lisi)
    assert announced() == [("offline", "busy")]


def test_who_opens_a_page_hours_later_has_to_choose_again(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=None)
    later(clock, 120)
    presences_sweep()
    announced()
    later(clock, 12 * 3600)
    presence_seen(user=lisi)
    presence_seen(user=lisi)
    assert not is_present(lisi)
    assert announced() == []


def test_a_choice_that_is_forgotten_is_not_shown_either(lisi: Any, clock: Any, api: Any):
    presence_set(user=lisi, status="online", holds_for=None)
    later(clock, 120)
    presences_sweep()
    shown = api(lisi).get("/api/agents/me/presence").json()
    assert (shown["presence"], shown["status"]) == ("offline", "online")
    later(clock, 12 * 3600)
    shown = api(lisi).get("/api/agents/me/presence").json()
    assert (shown["presence"], shown["status"]) == ("offline", "offline")


def test_a_heartbeat_before_the_sweep_is_no_change_at_all(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=None)
    later(clock, 70)
    presence_seen(user=lisi)
    assert presences_sweep() == 0
    assert is_present(lisi)
    assert announced() == [("offline", "online")]


def test_loading_the_page_anew_is_nobody_leaving(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=None)
    presence_lost(user=lisi)
    later(clock, 3)
    presence_seen(user=lisi)
    later(clock, 30)
    assert is_present(lisi)


def test_who_closes_the_last_page_is_gone_within_seconds(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=None)
    presence_lost(user=lisi)
    later(clock, 26)
    assert not is_present(lisi)
    assert presences_sweep() == 1


def test_a_switched_off_account_is_never_there(lisi: Any, clock: Any):
    presence_set(user=lisi, status="online", holds_for=timedelta(hours=2))
    lisi.is_active = False
    lisi.save()
    assert not is_present(lisi)
    with pytest.raises(InvalidInputError) as refused:
        presence_set(user=lisi, status="online", holds_for=None)
    assert refused.value.attr == "user"


@pytest.mark.parametrize(
    ("status", "holds_for", "attr"),
    [
        ("away", None, "status"),
        ("", None, "status"),
        ("online", timedelta(0), "hold_minutes"),
        ("online", timedelta(days=2), "hold_minutes"),
    ],
)
def test_what_makes_no_sense_is_refused(
    lisi: Any, status: str, holds_for: timedelta | None, attr: str
):
    with pytest.raises(InvalidInputError) as refused:
        presence_set(user=lisi, status=status, holds_for=holds_for)
    assert refused.value.attr == attr


@pytest.mark.django_db(transaction=True)
def test_ten_pages_and_a_sweep_at_once_announce_one_coming_and_one_going():
    user = UserFactory()
    acts = [lambda: presence_set(user=user, status="online", holds_for=None)] * 10
    assert all_at_once(acts) == []
    AgentPresence.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert all_at_once([presences_sweep] * 5) == []
    assert announced() == [("offline", "online"), ("online", "offline")]


def test_a_sweep_takes_its_order_locks_at_once(clock: Any, monkeypatch: Any):
    for user in UserFactory.create_batch(12):
        presence_set(user=user, status="online", holds_for=None)
    later(clock, 61)
    asked: list[int] = []
    take = publish.transaction_locks

    def counted(names: Any) -> None:
        asked.append(len(names))
        take(names)

    monkeypatch.setattr(publish, "transaction_locks", counted)
    assert presences_sweep() == 12
    assert asked[0] > 1
    assert asked[1:] == [1] * 12
