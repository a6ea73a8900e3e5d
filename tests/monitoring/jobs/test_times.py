"""When a schedule's times are."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab, schedule

from monitoring.jobs.catalogue import all_jobs
from monitoring.jobs.times import slot_after, slot_of
from monitoring.jobs.words import schedule_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday.
NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("when", "before", "after"),
    [
        (crontab(minute="17", hour="3"), "03-02 03:17", "03-03 03:17"),
        (crontab(minute="*/5"), "03-02 12:00", "03-02 12:05"),
        (crontab(minute="7"), "03-02 11:07", "03-02 12:07"),
        (crontab(minute="0", hour="9", day_of_week="mon"), "03-02 09:00", "03-09 09:00"),
        (crontab(minute="0", hour="0", day_of_month="1"), "03-01 00:00", "04-01 00:00"),
    ],
)
def test_a_crontabs_times_are_local(when, before, after):
    assert f"{slot_of(when, NOON):%m-%d %H:%M}" == before
    assert f"{slot_after(when, NOON):%m-%d %H:%M}" == after


def test_a_time_that_has_just_come_is_the_newest_one():
    at = datetime(2026, 3, 2, 3, 17, tzinfo=SHANGHAI)
    assert slot_of(crontab(minute="17", hour="3"), at) == at


def test_an_interval_is_cut_at_the_same_places_whoever_asks():
    when = schedule(timedelta(seconds=15))
    at = datetime(2026, 3, 2, 1, 0, 7, tzinfo=UTC)
    assert slot_of(when, at) == datetime(2026, 3, 2, 1, 0, 0, tzinfo=UTC)
    assert slot_after(when, at) == datetime(2026, 3, 2, 1, 0, 15, tzinfo=UTC)


def test_a_time_that_never_comes_is_said():
    with pytest.raises(LookupError):
        slot_after(crontab(minute="0", hour="0", day_of_month="31", month_of_year="2"), NOON)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (schedule(timedelta(seconds=15)), "每 15 秒"),
        (schedule(timedelta(minutes=10)), "每 10 分钟"),
        (crontab(minute="17", hour="3"), "每天 03:17"),
        (crontab(minute="7"), "每小时第 7 分"),
        (crontab(minute="3-59/5"), "每 5 分钟"),
        (crontab(minute="*"), "每分钟"),
        (crontab(minute="5-59/5", hour="1-5"), "1–5 点，每 5 分钟"),
        (crontab(minute="0", hour="9", day_of_week="1"), "0 9 * * 1"),
    ],
)
def test_schedules_have_words(when, words):
    assert schedule_words(when) == words


def test_every_job_of_the_timetable_has_times_and_words():
    for job in all_jobs().values():
        assert slot_of(job.schedule, NOON) <= NOON < slot_after(job.schedule, NOON)
        assert job.words
