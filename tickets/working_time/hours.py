"""Working hours as people write them: spans for each weekday, `{"mon": [["09:00", "12:00"], …]}`.

`makeup` holds for Saturdays and Sundays that the State Council declares workdays (调休); where it
is missing, Monday's spans do. A weekday that is missing has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from config.errors import InvalidInputError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAKEUP = "makeup"
SETTING = "ticket.working_hours"

_TIME = {"type": "string", "maxLength": 5, "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
_SPANS = {
    "type": "array",
    "maxItems": 8,
    "items": {"type": "array", "items": _TIME, "minItems": 2, "maxItems": 2},
}
HOURS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": dict.fromkeys((*WEEKDAYS, MAKEUP), _SPANS),
    "additionalProperties": False,
}

_OFFICE = [["09:00", "12:00"], ["13:30", "18:00"]]
DEFAULT_HOURS: dict[str, list[list[str]]] = {
    **dict.fromkeys(WEEKDAYS[:5], _OFFICE),
    "sat": [],
    "sun": [],
    MAKEUP: _OFFICE,
}

# Minutes since midnight, [from, to).
Span = tuple[int, int]


@dataclass(frozen=True)
class Week:
    """`days[0]` is Monday's spans, in order."""

    days: tuple[tuple[Span, ...], ...]
    makeup: tuple[Span, ...]

    @property
    def is_empty(self) -> bool:
        return not any(self.days)


def week_of(hours: Mapping[str, Any]) -> Week:
    """`hours` that obey the schema and `check_hours`."""
    days = tuple(_spans(hours.get(name, [])) for name in WEEKDAYS)
    return Week(days, _spans(hours[MAKEUP]) if MAKEUP in hours else days[0])


def check_hours(hours: Mapping[str, Any], attr: str = "value") -> None:
    """Raises `InvalidInputError` for spans that end before they begin, overlap or are not in order.

    Also for a week without a single span: a clock that counts working time would never end.
    """
    for name in (*WEEKDAYS, MAKEUP):
        spans = _spans(hours.get(name, []))
        for number, (start, end) in enumerate(spans):
            if start >= end:
                raise InvalidInputError("时段的结束必须晚于开始", attr=f"{attr}.{name}.{number}")
        for number, (earlier, later) in enumerate(pairwise(spans), start=1):
            if later[0] < earlier[1]:
                raise InvalidInputError(
                    "同一天的时段必须按先后排列且不能重叠", attr=f"{attr}.{name}.{number}"
                )
    if week_of(hours).is_empty:
        raise InvalidInputError("一周内至少要有一个工作时段", attr=attr)


def _spans(pairs: Any) -> tuple[Span, ...]:
    return tuple((_minutes(start), _minutes(end)) for start, end in pairs)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
