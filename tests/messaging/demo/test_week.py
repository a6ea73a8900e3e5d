"""The demo's week of messages: believable, the same each time, and never in the way of real ones."""

import datetime as dt

import pytest
from django.utils import timezone

from messaging import demo
from messaging.demo import week
from messaging.models import ChannelType, Message, MessageStatus
from messaging.statistics.overview import overview

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(settings):
    settings.SANDBOX = True
    demo.load("a-long-enough-password-1")
    week.load()


def week_as_told():
    fields = ("message_id", "channel", "recipient", "status", "created_at", "duration_ms")
    return list(Message.objects.order_by("created_at", "pk").values_list(*fields))


def test_each_day_has_messages_and_nearly_all_of_them_arrived(loaded):
    told = overview(7)
    assert all(day["total"] > 20 for day in told["trend"][:-1])
    assert 90 < told["success_rate"] < 100
    carrying = {row["channel"] for row in told["by_channel"] if row["total"]}
    assert carrying == set(ChannelType.values) - {ChannelType.AI, ChannelType.KF}


def test_it_is_the_same_when_made_again(loaded):
    first = week_as_told()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Message.objects.all().delete()
    week.load()
    again = week_as_told()

    def until_yesterday(rows):
        return [row for row in rows if timezone.localdate(row[4]) <= yesterday]

    assert len(until_yesterday(first)) > 300
    assert until_yesterday(first) == until_yesterday(again)


def test_a_second_run_doubles_nothing(loaded):
    before = Message.objects.count()
    week.load()
    assert Message.objects.count() == before


def test_whoever_has_sent_something_keeps_a_week_of_their_own(settings):
    settings.SANDBOX = True
    Message.objects.create(message_id="MSG1", channel="SMS", recipient="1", due_at=timezone.now())
    week.load()
    assert Message.objects.count() == 1


def test_nothing_of_it_is_left_to_be_sent(loaded):
    assert not Message.objects.exclude(
        status__in=(MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.FAILED)
    ).exists()
    assert not Message.objects.filter(created_at__gt=timezone.now()).exists()
    assert not Message.objects.filter(finished_at__gt=timezone.now()).exists()
