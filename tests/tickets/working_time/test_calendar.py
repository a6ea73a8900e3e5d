"""Workdays by the State Council's calendars of 2025 and 2026, and by the operator's word."""

import logging
from datetime import date

import chinese_calendar
import pytest
import time_machine

from config import diagnosis
from config.errors import InvalidInputError
from config.runtime import store
from tickets.working_time import calendar

pytestmark = pytest.mark.django_db

# 国办发明电〔2024〕12号 and 〔2025〕7号
OFF = [
    *(date(2025, 10, day) for day in range(1, 9)),
    *(date(2026, 2, day) for day in range(15, 24)),
    *(date(2026, 10, day) for day in range(1, 8)),
    date(2025, 10, 12),
    date(2026, 10, 11),
]
WORKED = [
    date(2025, 9, 28),
    date(2025, 10, 9),
    date(2025, 10, 11),
    date(2026, 2, 14),
    date(2026, 2, 24),
    date(2026, 2, 28),
    date(2026, 9, 20),
    date(2026, 10, 8),
    date(2026, 10, 10),
]


@pytest.mark.parametrize("day", OFF, ids=str)
def test_holidays_are_off(day):
    assert not calendar.is_workday(day)
    assert not chinese_calendar.is_workday(day)


@pytest.mark.parametrize("day", WORKED, ids=str)
def test_make_up_days_are_worked(day):
    assert calendar.is_workday(day)
    assert chinese_calendar.is_workday(day)


def test_the_operators_word_comes_first(admin):
    assert calendar.is_workday(date(2026, 10, 10))
    store.change(
        key="ticket.working_calendar",
        value={"2026-10-10": "off", "2026-10-06": "work", "2031-05-01": "off"},
        actor=admin,
    )
    store.forget_snapshot()
    assert not calendar.is_workday(date(2026, 10, 10))
    assert calendar.is_workday(date(2026, 10, 6))
    assert not calendar.is_workday(date(2031, 5, 1))


def test_beyond_the_known_years_monday_to_friday_are_worked(caplog):
    calendar._warn_unknown.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert calendar.is_workday(date(2047, 10, 1))
        assert not calendar.is_workday(date(2047, 10, 5))
    assert [record.getMessage() for record in caplog.records if "2047" in record.getMessage()] == [
        "the holidays of 2047 are not known: Monday to Friday are taken as workdays"
    ]


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01"])
def test_a_date_that_there_is_not_is_refused(admin, day):
    with pytest.raises(InvalidInputError) as refusal:
        store.change(key="ticket.working_calendar", value={day: "off"}, actor=admin)
    assert refusal.value.attr == f"value.{day}"


@pytest.mark.parametrize("value", [{"10-10": "off"}, {"2026-10-10": "maybe"}, [], {"": "off"}])
def test_another_shape_is_refused(admin, value):
    with pytest.raises(InvalidInputError):
        store.change(key="ticket.working_calendar", value=value, actor=admin)


def _said_by_doctor():
    return [finding for finding in calendar.diagnose() if "节假日" in finding.sentence]


@time_machine.travel("2026-03-02 10:00+08:00")
def test_doctor_is_content_in_a_known_year():
    assert calendar.is_known_year(2026)
    assert [finding.level for finding in _said_by_doctor()] == [diagnosis.Level.GOOD]


@time_machine.travel("2046-11-20 10:00+08:00")
def test_doctor_names_the_years_that_nobody_knows(admin):
    (finding,) = _said_by_doctor()
    assert finding.level is diagnosis.Level.ODD
    assert "2046、2047" in finding.sentence
    store.change(
        key="ticket.working_calendar",
        value={"2046-10-01": "off", "2047-10-01": "off"},
        actor=admin,
    )
    store.forget_snapshot()
    assert [finding.level for finding in _said_by_doctor()] == [diagnosis.Level.GOOD]


def test_doctor_asks():
    assert any(finding in list(diagnosis.findings()) for finding in _said_by_doctor())
