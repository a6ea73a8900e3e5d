"""Runtime settings: a schema for each key, versions, and what a process sees."""

import asyncio

import pytest

from config.errors import ConflictError, InvalidInputError
from config.runtime import schema, store
from config.runtime.models import RuntimeSetting
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db


def test_without_a_row_the_default_holds():
    assert store.get("ticket.default_deadline_hours") == 24
    assert store.get("retry") == {"max_attempts": 3, "delay_seconds": 300}


def test_a_change_is_a_version_with_who_and_why(admin):
    store.change(key="retry", value={"max_attempts": 5}, actor=admin, reason="高峰")
    row = store.change(key="retry", value={"max_attempts": 4}, actor=admin)
    assert row.version == 2
    first, second = row.revisions.order_by("version")
    assert (first.value, first.reason, first.changed_by) == ({"max_attempts": 5}, "高峰", admin)
    assert second.value == {"max_attempts": 4}


def test_an_object_is_completed_from_its_default(admin):
    store.change(key="retry", value={"max_attempts": 5}, actor=admin)
    store.forget_snapshot()
    assert store.get("retry") == {"max_attempts": 5, "delay_seconds": 300}


@pytest.mark.parametrize(
    ("key", "value", "attr"),
    [
        ("ticket.default_deadline_hours", "24", "value"),
        ("ticket.default_deadline_hours", 0, "value"),
        ("retry", {"max_attempts": 0}, "value.max_attempts"),
        ("retry", {"max_tries": 3}, "value.max_tries"),
        ("message_sender", {"max_pool_size": 50.0}, "value.max_pool_size"),
        ("quiet_hours", {"SMS": {"start": "22:00"}}, "value.SMS.end"),
        ("quiet_hours", {"PIGEON": {"start": "22:00", "end": "08:00"}}, "value.PIGEON"),
        ("message_sender", {"core_pool_size": 10**6}, "value.core_pool_size"),
        ("channel.group_bot.per_minute", 21, "value"),
        ("no.such.key", 1, "key"),
    ],
)
def test_a_bad_value_is_refused_and_names_the_field(admin, key, value, attr):
    with pytest.raises(InvalidInputError) as refusal:
        store.change(key=key, value=value, actor=admin)
    assert refusal.value.attr == attr
    assert not RuntimeSetting.objects.exists()


def test_another_processs_change_is_seen_once_the_copy_is_old(monkeypatch):
    clock = {"now": 100.0}
    monkeypatch.setattr(store.time, "monotonic", lambda: clock["now"])
    assert store.get("ticket.default_deadline_hours") == 24
    RuntimeSetting.objects.create(key="ticket.default_deadline_hours", value=2)
    clock["now"] += store.SNAPSHOT_SECONDS - 0.01
    assert store.get("ticket.default_deadline_hours") == 24
    clock["now"] += 0.02
    assert store.get("ticket.default_deadline_hours") == 2
    assert store.SNAPSHOT_SECONDS < 2, "a change reaches every process within two seconds"


def test_reading_often_asks_the_database_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        for _ in range(1000):
            store.get("retry")


def test_every_key_obeys_its_own_schema():
    for spec in schema.all_specs():
        schema.validate(spec.key, spec.default)
        assert spec.description


def test_an_event_loop_reads_what_this_process_last_knew():
    store.change(key="ticket.default_deadline_hours", value=7, actor=None)
    store.forget_snapshot()
    assert store.get("ticket.default_deadline_hours") == 7

    async def ask():
        store.forget_snapshot()
        return store.last_known("ticket.default_deadline_hours")

    assert asyncio.run(ask()) == 7


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_ten_versions_in_a_row_and_none_is_lost():
    def change(hours):
        return lambda: store.change(
            key="ticket.default_deadline_hours", value=hours, actor=None, reason=str(hours)
        )

    assert all_at_once([change(hours) for hours in range(1, 11)]) == []
    row = RuntimeSetting.objects.get()
    kept = list(row.revisions.order_by("version").values_list("version", "value"))
    assert [version for version, _ in kept] == list(range(1, 11))
    assert sorted(value for _, value in kept) == list(range(1, 11))
    assert (row.version, row.value) == kept[-1]


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_saw_the_same_version_one_wins():
    row = store.change(key="retry", value={}, actor=None)

    def change(attempts):
        return lambda: store.change(
            key="retry", value={"max_attempts": attempts}, actor=None, version=row.version
        )

    refused = all_at_once([change(attempts) for attempts in range(1, 11)])
    assert [type(error) for error in refused] == [ConflictError] * 9
    assert row.revisions.count() == 2


def test_a_default_that_holds_again_is_the_codes_whatever_the_row_says():
    store.change(key="retry", value={"max_attempts": 5}, actor=None)
    store.reset(key="retry", actor=None)
    RuntimeSetting.objects.update(value={"max_attempts": 9})
    store.forget_snapshot()
    assert store.get("retry")["max_attempts"] == 3
