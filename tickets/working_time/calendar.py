"""Which dates are workdays in China: holidays and make-up days (调休).

The operator's own dated word comes first, then the published calendar of the package
`chinesecalendar`; of years that neither knows Monday to Friday are workdays.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from chinese_calendar import constants
from django.utils import timezone

from config import diagnosis
from config.errors import InvalidInputError
from config.runtime import store

logger = logging.getLogger(__name__)

SETTING = "ticket.working_calendar"
WORK, OFF = "work", "off"
CALENDAR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "maxProperties": 1000,
    "patternProperties": {"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": {"enum": [WORK, OFF]}},
    "additionalProperties": False,
}

KNOWN_YEARS = frozenset(day.year for day in constants.holidays)
FRIDAY = 4
# The State Council publishes the next year's calendar in November.
PUBLISHED_IN = 11


class DayKind(StrEnum):
    WORKDAY = "workday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


def is_workday(day: date) -> bool:
    return kind_of(day, overrides()) in (DayKind.WORKDAY, DayKind.MAKEUP)


def kind_of(day: date, own_word: Mapping[date, str]) -> DayKind:
    """A Saturday or Sunday that is worked is a make-up day; a day off in the week is a holiday."""
    is_weekend = day.weekday() > FRIDAY
    word = own_word.get(day)
    if word is None and day.year in KNOWN_YEARS:
        if day in constants.holidays:
            word = OFF
        elif day in constants.workdays:
            word = WORK
    elif word is None:
        _warn_unknown(day.year)
    if word == WORK:
        return DayKind.MAKEUP if is_weekend else DayKind.WORKDAY
    if word == OFF:
        return DayKind.HOLIDAY
    return DayKind.WEEKEND if is_weekend else DayKind.WORKDAY


def overrides() -> dict[date, str]:
    """The runtime setting `ticket.working_calendar`."""
    return {date.fromisoformat(day): word for day, word in store.get(SETTING).items()}


def is_known_year(year: int) -> bool:
    """Whether holidays of `year` are known: published, or entered by the operator."""
    return year in KNOWN_YEARS or any(day.year == year for day in overrides())


def check_calendar(calendar: Mapping[str, str]) -> None:
    """Raises `InvalidInputError` naming a date that there is not."""
    for day in calendar:
        try:
            date.fromisoformat(day)
        except ValueError:
            raise InvalidInputError(f"{day} 不是有效日期", attr=f"value.{day}") from None


def diagnose() -> Iterator[diagnosis.Finding]:
    """The line of `manage.py doctor`."""
    today = timezone.localdate()
    years = [today.year] + ([today.year + 1] if today.month >= PUBLISHED_IN else [])
    unknown = [str(year) for year in years if not is_known_year(year)]
    if unknown:
        yield diagnosis.odd(
            f"还没有 {'、'.join(unknown)} 年的节假日安排，将按周一至周五计算工作时间；请升级"
            f" chinesecalendar，或在运行时配置 {SETTING} 中逐日填写"
        )
    else:
        yield diagnosis.good(f"节假日安排已知（{'、'.join(str(year) for year in years)} 年）")


@lru_cache(maxsize=16)
def _warn_unknown(year: int) -> None:
    """Once for each year in a process."""
    logger.warning("the holidays of %s are not known: Monday to Friday are taken as workdays", year)
