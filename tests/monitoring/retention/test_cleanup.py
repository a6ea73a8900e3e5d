"""What is too old goes, in small steps; what anybody still counts on stays."""

import datetime as dt
import threading

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from config import retention
from config.errors import ConflictError, InvalidInputError
from config.runtime import store
from messaging.actions.batches import batch_retry_failed
from messaging.actions.send import Addressee, Options, SingleSend, batch_send, message_send
from messaging.models import (
    DailyStatistic,
    Message,
    MessageAttempt,
    MessageStatus,
    MessageTemplate,
    ProviderReference,
)
from messaging.queries import batch_counts, batch_failures, batch_progress
from messaging.statistics.overview import overview
from monitoring.jobs.models import Job, JobRun
from monitoring.retention.actions import clean_slice
from monitoring.retention.models import CleanedTable
from tests.factories import RobotFactory
from tickets.models import AssistantTurn, TurnStatus
from wechat.models import Callback

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(db):
    RobotFactory()
    return MessageTemplate.objects.create(
        code="t", name="模板", channel="GROUP_BOT", body="您好 {{name}}"
    )


def batch_of(template, states, days_ago):
    """A batch whose messages ended so, that long ago."""
    addressees = [Addressee("test_group_001", {"name": str(n)}) for n in range(len(states))]
    batch = batch_send(
        template=template, addressees=addressees, variables={}, options=Options(), actor=None
    ).batch
    at = timezone.now() - dt.timedelta(days=days_ago)
    for pk, state in zip(
        batch.messages.order_by("pk").values_list("pk", flat=True), states, strict=True
    ):
        Message.objects.filter(pk=pk).update(
            status=state, created_at=at, sent_at=at, finished_at=at, duration_ms=12
        )
    Message.objects.filter(batch=batch, status="failed").update(
        error_code="60111", error_detail="成员不存在"
    )
    type(batch).objects.filter(pk=batch.pk).update(created_at=at)
    batch.refresh_from_db()
    return batch


def clean():
    assert clean_slice(60) is True


def test_old_messages_go_and_their_batchs_figures_stay(template):
    old = batch_of(template, ["sent", "sent", "failed", "uncertain"], days_ago=181)
    young = batch_of(template, ["sent"], days_ago=179)
    failed = old.messages.get(status="failed")
    MessageAttempt.objects.create(message=failed, number=1, outcome="permanent", duration_ms=3)
    ProviderReference.objects.create(message=failed, channel="GROUP_BOT", provider_message_id="1")
    before = batch_progress(old), batch_counts(old), batch_failures(old)
    clean()
    old.refresh_from_db()
    assert not old.messages.exists()
    assert not MessageAttempt.objects.exists()
    assert young.messages.count() == 1
    assert (batch_progress(old), batch_counts(old), batch_failures(old)) == before
    assert CleanedTable.objects.get(key="messages").deleted == 4
    with pytest.raises(ConflictError):
        batch_retry_failed(batch=old)


@pytest.mark.parametrize("state", ["queued", "scheduled"])
def test_a_batch_with_an_open_message_keeps_all_of_them(template, state):
    batch = batch_of(template, ["sent", state], days_ago=400)
    clean()
    assert batch.messages.count() == 2


def test_an_open_message_stays_however_old(template):
    message, _ = message_send(
        SingleSend(template, {"name": "张三"}, Options(), recipient="test_group_001"), actor=None
    )
    Message.objects.update(created_at=timezone.now() - dt.timedelta(days=500))
    clean()
    assert Message.objects.get() == message


def test_the_overview_answers_as_before(template):
    store.change(key="retention", value={"messages": 7}, actor=None)
    batch_of(template, ["sent", "failed", "delivered"], days_ago=9)
    batch_of(template, ["sent"], days_ago=8)
    batch_of(template, ["sent"], days_ago=2)
    DailyStatistic.objects.all().delete()
    clean()
    assert Message.objects.count() == 1
    found = overview(30)
    assert (found["total"], found["sent"], found["failed"]) == (5, 4, 1)
    assert found["avg_response_ms"] == 12


def test_the_kept_days_may_not_go_below_what_is_promised():
    with pytest.raises(InvalidInputError) as refused:
        store.change(key="retention", value={"messages": 6}, actor=None)
    assert refused.value.attr == "value.messages"


def test_other_tables_are_cleaned_too(admin):
    long_ago = timezone.now() - dt.timedelta(days=31)
    for number, status in enumerate(["done", "received"]):
        Callback.objects.create(source="kf", dedupe_key=f"k{number}", payload={}, status=status)
    Callback.objects.update(received_at=long_ago)
    job = Job.objects.create(name="测试")
    for task_id, status in (("1", "ok"), ("2", "running")):
        JobRun.objects.create(job=job, task_id=task_id, status=status, started_at=long_ago)
    Client().force_login(admin)
    Session.objects.update(expire_date=long_ago)
    for status in (TurnStatus.ANSWERED, TurnStatus.PENDING):
        AssistantTurn.objects.create(
            entry="web",
            text="您好",
            status=status,
            created_at=timezone.now() - dt.timedelta(days=366),
        )
    clean()
    assert Callback.objects.get().status == "received"
    assert AssistantTurn.objects.get().status == TurnStatus.PENDING
    assert JobRun.objects.get().status == "running"
    assert not Session.objects.exists()


def test_a_slice_that_runs_out_of_time_is_gone_on_with(template):
    store.change(key="retention.pace", value={"rows_at_once": 50, "pause_ms": 0}, actor=None)
    for number in range(3):
        batch_of(template, ["sent"] * 40, days_ago=200 + number)
    assert clean_slice(0.0) is False
    assert Message.objects.count() == 120
    clean()
    assert not Message.objects.exists()


def test_the_walk_goes_past_rows_that_stay(template):
    store.change(key="retention.pace", value={"rows_at_once": 50, "pause_ms": 0}, actor=None)
    held = batch_of(template, ["queued"] * 60, days_ago=300)
    batch_of(template, ["sent"] * 10, days_ago=290)
    clean()
    assert set(Message.objects.values_list("batch", flat=True)) == {held.pk}


def test_every_table_has_a_name_and_at_least_what_is_promised():
    tables = {table.key: table for table in retention.tables()}
    assert {"messages", "callbacks", "job_runs", "admin_log", "sessions"} <= set(tables)
    assert all(table.least <= table.days and table.label for table in tables.values())


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_a_send_never_waits_for_the_cleanup(template):
    """Each send gives up after 100 ms of waiting for any lock: none has to."""
    store.change(key="retention.pace", value={"rows_at_once": 200, "pause_ms": 0}, actor=None)
    for number in range(20):
        batch_of(template, ["sent"] * 100, days_ago=200 + number)
    over = threading.Event()
    failures = []

    def clean_up():
        try:
            clean()
        except Exception as error:
            failures.append(error)
        finally:
            over.set()
            connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    cleaner = threading.Thread(target=clean_up)
    cleaner.start()
    sent = 0
    try:
        while not over.is_set() or sent < 20:
            sent += 1
            message_send(
                SingleSend(template, {"name": str(sent)}, Options(), recipient="test_group_001"),
                actor=None,
            )
    finally:
        cleaner.join()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert failures == []
    assert Message.objects.exclude(status=MessageStatus.QUEUED).count() == 0
    assert Message.objects.count() == sent


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_left_for_the_next_time(template):
    batch = batch_of(template, ["sent", "sent"], days_ago=200)
    first = batch.messages.order_by("pk").first()
    database = settings.DATABASES["default"]
    with psycopg.connect(
        host=database["HOST"], port=database["PORT"] or 5432, user=database["USER"],
        password=database["PASSWORD"], dbname=connection.settings_dict["NAME"],
    ) as other:  # fmt: skip
        other.execute("SELECT 1 FROM messaging_message WHERE id = %s FOR UPDATE", [first.pk])
        clean()
        assert list(Message.objects.all()) == [first]
        other.rollback()
    clean()
    assert not Message.objects.exists()
