"""The daily and the weekly report: right figures, once a period, with a picture for group robots."""

import base64
import datetime as dt
import importlib
import struct
from zoneinfo import ZoneInfo

import pytest
import time_machine

from config.errors import InvalidInputError
from config.runtime import store
from customers.models import DailyCustomerStatistic
from messaging.models import DailyStatistic, Message, MessageTemplate
from messaging.rendering import source_of
from monitoring.digest import figures, sending
from monitoring.digest.periods import Period
from monitoring.digest.picture import trend_picture
from monitoring.digest.sending import DigestFailedError, digests_send
from monitoring.digest.words import variables
from tests.factories import RobotFactory, TicketFactory

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday.
MORNING = dt.datetime(2026, 3, 9, 9, 5, tzinfo=SHANGHAI)
SUNDAY = dt.date(2026, 3, 8)


SEEDED = importlib.import_module("monitoring.migrations.0002_digest_templates").TEMPLATES


@pytest.fixture
def robot(db):
    """A group to send to, and the templates as the migration makes them."""
    for code, (name, body) in SEEDED.items():
        seeded = {"name": name, "channel": "GROUP_BOT", "body_format": "markdown", "body": body}
        MessageTemplate.objects.get_or_create(code=code, defaults=seeded)
    return RobotFactory()


@pytest.fixture
def daily(robot):
    switch("report.daily")


def switch(key, **more):
    value = {**store.get(key), "enabled": True, "recipients": ["test_group_001"], **more}
    store.change(key=key, value=value, actor=None)
    # Nothing commits here: the copy that was just looked at would live on.
    store.forget_snapshot()


def send(at=MORNING):
    with time_machine.travel(at, tick=False):
        return digests_send()


def kept(date, **counts):
    DailyStatistic.objects.create(date=date, channel="SMS", **counts)


def test_the_report_goes_out_after_its_hour_with_a_picture(daily):
    assert send(MORNING.replace(hour=8)) == 0
    assert send() == 2
    words, picture = Message.objects.order_by("id")
    assert words.template.code == "daily_digest"
    assert words.variables["period"] == "2026-03-08"
    assert picture.payload["msgtype"] == "image"
    assert base64.b64decode(picture.payload["image"]["base64"])[:8] == b"\x89PNG\r\n\x1a\n"


def test_it_is_sent_once_however_often_the_job_runs(daily):
    send()
    assert [send(MORNING + dt.timedelta(minutes=10 * n)) for n in range(3)] == [0, 0, 0]
    assert Message.objects.count() == 2
    assert send(MORNING + dt.timedelta(days=1)) == 2


def test_two_workers_at_once_send_it_once(daily):
    wanted = store.get("report.daily")
    period = Period("daily", SUNDAY, SUNDAY)
    assert sending.digest_send(period, wanted) == 2
    assert sending.digest_send(period, wanted) == 0


def test_figures_are_compared_with_the_day_before(daily):
    kept(SUNDAY, total=12, sent=6, delivered=4, failed=2)
    kept(SUNDAY - dt.timedelta(days=1), total=10, sent=10)
    for day, new in ((SUNDAY, 3), (SUNDAY - dt.timedelta(days=1), 3)):
        DailyCustomerStatistic.objects.create(
            date=day, total=50, new=new, lost=0, deleted=0, active=0
        )
    with time_machine.travel(MORNING - dt.timedelta(days=1), tick=False):
        TicketFactory()
    with time_machine.travel(MORNING, tick=False):
        told = sending.variables_of(Period("daily", SUNDAY, SUNDAY))
    assert told["messages"] == "12 ↑"
    assert told["sent"] == "10 →"
    assert told["failed"] == "2 ↑"
    assert told["success_rate"] == "83.3% ↓"
    assert told["customers_new"] == "3 →"
    assert told["tickets_created"] == "1 ↑"
    assert told["satisfaction"] == "—"


def test_the_weekly_report_is_of_the_week_that_is_over(robot):
    switch("report.weekly", picture=False)
    for back in range(7):
        kept(SUNDAY - dt.timedelta(days=back), total=2, sent=2)
    assert send(MORNING + dt.timedelta(days=1)) == 0
    assert send() == 1
    told = Message.objects.get().variables
    assert (told["period"], told["messages"]) == ("03-02 至 03-08", "14 ↑")


def test_the_seeded_templates_name_only_what_is_told(robot):
    empty = figures.Day()
    told = variables(Period("daily", SUNDAY, SUNDAY), empty, empty, figures.Now(0, 0, 0))
    for code in ("daily_digest", "weekly_digest"):
        template = MessageTemplate.objects.get(code=code)
        assert "{{" not in source_of(template).render(told).body


def test_nothing_can_be_switched_on_that_cannot_be_sent(robot):
    with pytest.raises(InvalidInputError) as refused:
        switch("report.daily", recipients=[])
    assert refused.value.attr == "value.recipients"
    with pytest.raises(InvalidInputError):
        switch("report.daily", recipients=["no_such_group"])
    with pytest.raises(InvalidInputError) as refused:
        switch("report.daily", template_code="nothing")
    assert refused.value.attr == "value.template_code"


def test_a_report_that_cannot_be_sent_fails_its_job(daily):
    MessageTemplate.objects.filter(code="daily_digest").update(status="inactive")
    with pytest.raises(DigestFailedError, match="daily_digest"):
        send()


def test_the_picture_is_a_small_png():
    days = {
        SUNDAY - dt.timedelta(days=n): figures.Day(messages=n, sent=1200 * n, failed=n, chats=5)
        for n in range(7)
    }
    drawn = trend_picture(days)
    assert struct.unpack(">II", drawn[16:24]) == (1200, 900)
    assert len(drawn) < 200_000


def test_a_picture_of_nothing_can_be_drawn():
    assert trend_picture({SUNDAY: figures.Day()})
