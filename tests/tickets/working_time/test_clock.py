"""Time counted in working hours: lunch, nights, weekends, holidays, make-up days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.runtime import store
from tickets.working_time.clock import (
    HORIZON,
    add_working_seconds,
    is_working_time,
    timetable,
    working_seconds_between,
)

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = 3600


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02 09:00", 1, "2026-03-02 10:00"),
        # lunch
        ("2026-03-02 11:30", 1, "2026-03-02 14:00"),
        ("2026-03-02 12:30", 1, "2026-03-02 14:30"),
        # exactly to the end of a span
        ("2026-03-02 09:00", 3, "2026-03-02 12:00"),
        ("2026-03-02 09:00", 7.5, "2026-03-02 18:00"),
        # before opening, after closing, over the night
        ("2026-03-02 06:00", 1, "2026-03-02 10:00"),
        ("2026-03-02 20:00", 1, "2026-03-03 10:00"),
        ("2026-03-02 17:00", 2, "2026-03-03 10:00"),
        # the weekend
        ("2026-03-06 17:00", 2, "2026-03-09 10:00"),
        ("2026-03-07 10:00", 1, "2026-03-09 10:00"),
        # 国庆 2025: from Tuesday evening to Thursday, 9 October
        ("2025-09-30 17:30", 1, "2025-10-09 09:30"),
        # 2025: Saturday, 11 October is a make-up day, Sunday is not
        ("2025-10-10 17:30", 1, "2025-10-11 09:30"),
        ("2025-10-11 17:30", 1, "2025-10-13 09:30"),
        ("2025-09-27 12:00", 1, "2025-09-28 10:00"),
        # 国庆 2026: from Wednesday to Thursday, 8 October; Saturday the 10th is worked
        ("2026-09-30 17:30", 1, "2026-10-08 09:30"),
        ("2026-10-09 17:30", 1, "2026-10-10 09:30"),
        ("2026-09-19 12:00", 1, "2026-09-20 10:00"),
        # 春节 2026: 14 February is worked, 15 to 23 off, 28 worked
        ("2026-02-13 17:30", 1, "2026-02-14 09:30"),
        ("2026-02-14 17:30", 1, "2026-02-24 09:30"),
        ("2026-02-27 17:30", 1, "2026-02-28 09:30"),
        ("2026-02-28 17:30", 1, "2026-03-02 09:30"),
        # two working days over 国庆 2026
        ("2026-09-30 09:00", 15, "2026-10-08 18:00"),
    ],
)
def test_working_time_is_added(start, hours, end):
    assert add_working_seconds(at(start), hours * HOUR) == at(end)
    assert working_seconds_between(at(start), at(end)) == hours * HOUR


def test_from_before_the_holiday_to_after_it_only_the_workdays_count():
    assert working_seconds_between(at("2025-09-27 00:00"), at("2025-10-13 00:00")) == 6 * 7.5 * HOUR
    assert working_seconds_between(at("2026-09-19 00:00"), at("2026-10-12 00:00")) == (
        (1 + 4 + 3 + 3) * 7.5 * HOUR
    )


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-03-02 08:59", False),
        ("2026-03-02 09:00", True),
        ("2026-03-02 11:59", True),
        ("2026-03-02 12:00", False),
        ("2026-03-02 13:30", True),
        ("2026-03-02 18:00", False),
        ("2026-03-07 10:00", False),
        ("2026-10-01 10:00", False),
        ("2026-10-10 10:00", True),
        ("2025-09-28 10:00", True),
    ],
)
def test_is_it_working_time(moment, works):
    assert is_working_time(at(moment)) is works
    assert is_working_time(at(moment).astimezone(UTC)) is works


def test_the_operators_hours_and_days_count_at_once(admin):
    store.change(
        key="ticket.working_hours",
        value={"sat": [["10:00", "12:00"]], "makeup": [["09:00", "10:00"]]},
        actor=admin,
    )
    store.change(key="ticket.working_calendar", value={"2026-03-06": "off"}, actor=admin)
    store.forget_snapshot()
    # Friday is off, the ordinary Saturday has hours of its own
    assert add_working_seconds(at("2026-03-05 17:00"), 2 * HOUR) == at("2026-03-07 11:00")
    # a make-up Saturday has those of make-up days, a holiday's Saturday has none
    assert working_seconds_between(at("2026-02-28 00:00"), at("2026-03-01 00:00")) == HOUR
    assert working_seconds_between(at("2026-10-03 00:00"), at("2026-10-04 00:00")) == 0


def test_a_profile_has_hours_of_its_own():
    hours = {"mon": [["20:00", "24:00"]], "tue": [["00:00", "04:00"]]}
    assert add_working_seconds(at("2026-03-02 09:00"), 6 * HOUR, hours) == at("2026-03-03 02:00")
    assert is_working_time(at("2026-03-02 23:59"), hours)
    assert not is_working_time(at("2026-03-02 10:00"), hours)
    # without a word on make-up days Monday's hours hold there
    assert is_working_time(at("2026-02-28 21:00"), hours)


def test_hours_without_any_span_count_plain_time_and_never_loop():
    assert add_working_seconds(at("2026-03-02 09:00"), HOUR, {}) == at("2026-03-02 10:00")
    assert working_seconds_between(at("2026-03-02 09:00"), at("2026-03-02 10:00"), {}) == HOUR
    assert not is_working_time(at("2026-03-02 09:00"), {})


@pytest.mark.parametrize("seconds", [1e6, 1e9, 1e12])
def test_far_moments_stay_within_what_a_date_can_be(seconds):
    start = at("2026-03-02 09:00")
    end = add_working_seconds(start, min(seconds, 1e11), {"mon": [["09:00", "09:01"]]})
    assert start < end
    assert working_seconds_between(start, datetime.max.replace(tzinfo=UTC)) > 0
    assert working_seconds_between(datetime.min.replace(tzinfo=UTC), start) > 0


def test_backwards_is_negative():
    assert working_seconds_between(at("2026-03-03 10:00"), at("2026-03-02 17:00")) == -2 * HOUR


moments = st.datetimes(
    min_value=datetime(2024, 12, 1), max_value=datetime(2028, 2, 1), timezones=st.just(SHANGHAI)
)
durations = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=90))
spans = st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True).map(
    lambda found: [
        [f"{a // 60:02d}:{a % 60:02d}", f"{b // 60:02d}:{b % 60:02d}"]
        for a, b in zip(sorted(found)[::2], sorted(found)[1::2], strict=False)
    ]
)
weeks = st.none() | st.fixed_dictionaries(
    dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun", "makeup"), spans)
)
exactly = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@exactly
@given(start=moments, duration=durations, hours=weeks)
def test_adding_and_counting_are_inverse(start, duration, hours):
    table = timetable(hours)
    assert table.between(start, table.add(start, duration)) == duration


@exactly
@given(end=moments, duration=durations, hours=weeks)
def test_taking_away_and_counting_are_inverse(end, duration, hours):
    table = timetable(hours)
    start = table.subtract(end, duration)
    assert start <= end
    # Sparse hours may not hold that much within the horizon.
    assert table.between(start, end) in (duration, table.between(end - HORIZON, end))


@exactly
@given(start=moments, one=durations, other=durations, hours=weeks)
def test_more_working_time_never_ends_earlier(start, one, other, hours):
    table = timetable(hours)
    less, more = sorted((one, other))
    assert start <= table.add(start, less) <= table.add(start, more)


@exactly
@given(start=moments, later=durations, duration=durations, hours=weeks)
def test_a_later_start_never_ends_earlier(start, later, duration, hours):
    table = timetable(hours)
    assert table.add(start, duration) <= table.add(start + later, duration)


@exactly
@given(start=moments, one=durations, other=durations, hours=weeks)
def test_counting_adds_up(start, one, other, hours):
    table = timetable(hours)
    middle, end = start + one, start + one + other
    assert table.between(start, end) == table.between(start, middle) + table.between(middle, end)
