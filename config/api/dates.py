"""Days in queries."""

import datetime as dt

from config.errors import InvalidInputError


def asked_day(text: str, *, attr: str) -> dt.date:
    """`2026-01-31`, from 2000 to 2100; raises `InvalidInputError` naming `attr`."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError("日期格式应为 2026-01-31", attr=attr) from None
    if not 2000 <= day.year <= 2100:
        raise InvalidInputError("日期超出范围", attr=attr)
    return day
