"""Reading values strictly: the right type, within bounds; anything else is a 400 that names its place."""

import datetime as dt
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from config.errors import InvalidInputError
from customers.conditions.kinds import Shape

MAX_ITEMS = 100
MAX_TEXT = 200
MAX_INTEGER = 2_000_000_000
MAX_DECIMAL = Decimal(10) ** 12
MAX_DAYS = 3650
MAX_ID = 2**63 - 1
FIRST_DATE, LAST_DATE = dt.date(1900, 1, 1), dt.date(2200, 1, 1)


def read(
    shape: Shape,
    value: Any,
    path: str,
    *,
    choices: Collection[str | int] | None = None,
    normal: Callable[[str], str] | None = None,
) -> Any:
    """`choices` None: any id. Raises `InvalidInputError` whose attr begins with `path`."""

    def text(item: Any, at: str) -> str:
        return _text(item, at, normal)

    def choice(item: Any, at: str) -> str | int:
        return _choice(item, at, choices)

    readers: dict[Shape, Callable[[Any, str], Any]] = {
        Shape.TEXT: text,
        Shape.TEXTS: _list_of(text),
        Shape.CHOICE: choice,
        Shape.CHOICES: _list_of(choice),
        Shape.FLAG: _flag,
        Shape.DAYS: lambda item, at: integer(item, at, least=0, most=MAX_DAYS),
        Shape.INTEGER: integer,
        Shape.INTEGERS: _pair_of(integer),
        Shape.DECIMAL: _decimal,
        Shape.DECIMALS: _pair_of(_decimal),
        Shape.DATE: _date,
        Shape.DATES: _pair_of(_date),
    }
    return readers[shape](value, path)


def integer(value: Any, path: str, *, least: int = -MAX_INTEGER, most: int = MAX_INTEGER) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidInputError(f"必须是 {least} 到 {most} 之间的整数", attr=path)
    return value


def _decimal(value: Any, path: str) -> Decimal:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # Not-a-number compares as outside.
    if not is_number or not -float(MAX_DECIMAL) <= value <= float(MAX_DECIMAL):
        raise InvalidInputError(f"必须是绝对值不超过 {MAX_DECIMAL} 的数字", attr=path)
    return round(Decimal(str(value)), 2)


def _text(value: Any, path: str, normal: Callable[[str], str] | None) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or "\x00" in value:
        raise InvalidInputError(f"必须是 1 到 {MAX_TEXT} 个字的文本", attr=path)
    if normal is None:
        return value
    try:
        return normal(value)
    except InvalidInputError as error:
        raise InvalidInputError(error.detail, attr=path) from error


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInputError("必须是 true 或 false", attr=path)
    return value


def _date(value: Any, path: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        date = None
    if date is None or not FIRST_DATE <= date <= LAST_DATE:
        raise InvalidInputError("必须是 2026-01-31 这样的日期", attr=path)
    return date


def _choice(value: Any, path: str, choices: Collection[str | int] | None) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool):
        if choices is None and 0 < value <= MAX_ID:
            return value
        if choices is not None and value in choices:
            return value
    elif isinstance(value, str) and choices is not None and value in choices:
        return value
    if choices is None:
        raise InvalidInputError("必须是编号（正整数）", attr=path)
    shown = "、".join(str(choice) for choice in choices)
    raise InvalidInputError(f"必须是其中之一：{shown}", code="invalid_choice", attr=path)


def _list_of(one: Callable[[Any, str], Any]) -> Callable[[Any, str], tuple[Any, ...]]:
    """Each once, in the order given."""

    def read_list(value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or not 1 <= len(value) <= MAX_ITEMS:
            raise InvalidInputError(f"必须是 1 到 {MAX_ITEMS} 项的列表", attr=path)
        return tuple(
            dict.fromkeys(one(item, f"{path}.{index}") for index, item in enumerate(value))
        )

    return read_list


def _pair_of(one: Callable[[Any, str], Any]) -> Callable[[Any, str], tuple[Any, Any]]:
    def read_pair(value: Any, path: str) -> tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise InvalidInputError("必须是两项的列表：[从, 到]", attr=path)
        low, high = (one(item, f"{path}.{index}") for index, item in enumerate(value))
        if low > high:
            raise InvalidInputError("前一项不能大于后一项", attr=path)
        return low, high

    return read_pair
