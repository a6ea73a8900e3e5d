"""Working hours in the admin, as people write them: `周一至周五 09:00-12:00 13:30-18:00`."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import jsonschema
from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from config.errors import InvalidInputError
from tickets.working_time.hours import HOURS_SCHEMA, MAKEUP, WEEKDAYS, check_hours

NAMES = dict(zip("一二三四五六日", WEEKDAYS, strict=True))
LABELS = {day: name for name, day in NAMES.items()}
EXAMPLE = "周一至周五 09:00-12:00 13:30-18:00\n调休 09:00-18:00"
_LINE = re.compile(
    r"^(?:周([一二三四五六日天])(?:[至到\-~—]周?([一二三四五六日天]))?|(调休))[ :：]+(.+)$"
)
_SPAN = re.compile(r"(\d{1,2}[:：]\d{2})[ ]*[-–—~至到][ ]*(\d{1,2}[:：]\d{2})")


class HoursField(forms.Field):
    """One line for a day or a row of days; empty means the desk's own hours."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4, "placeholder": EXAMPLE})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(as_lines(value)) if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> dict[str, Any] | None:
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        if not lines:
            return None
        hours: dict[str, Any] = {}
        for line in lines:
            for day, spans in _read(line):
                if day in hours:
                    raise forms.ValidationError(f"同一天写了两次：{line}")
                hours[day] = spans
        try:
            jsonschema.validate(hours, HOURS_SCHEMA)
            check_hours(hours)
        except jsonschema.ValidationError as error:
            raise forms.ValidationError(f"时间不对：{error.instance}") from None
        except InvalidInputError as error:
            raise forms.ValidationError(error.detail) from None
        return hours

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


def _read(line: str) -> Iterator[tuple[str, list[list[str]]]]:
    found = _LINE.match(line)
    spans = [[_time(start), _time(end)] for start, end in _SPAN.findall(found[4])] if found else []
    # Whatever is no span would be lost in silence.
    if found is None or not spans or re.sub(r"[ ,，、;；]", "", _SPAN.sub("", found[4])):
        raise forms.ValidationError(f"看不懂「{line[:60]}」，请写成：{EXAMPLE.splitlines()[0]}")
    if found[3]:
        yield MAKEUP, spans
        return
    days = list(NAMES.values())
    first = days.index(NAMES[found[1].replace("天", "日")])
    last = days.index(NAMES[(found[2] or found[1]).replace("天", "日")])
    if last < first:
        raise forms.ValidationError(f"星期的先后不对：{line[:60]}")
    for day in days[first : last + 1]:
        yield day, spans


def _time(text: str) -> str:
    return text.replace("：", ":").rjust(5, "0")


def as_lines(hours: Mapping[str, Any]) -> list[str]:
    """Days one after the other with the same hours make one line."""
    lines = []
    days = [(day, hours.get(day) or []) for day in WEEKDAYS]
    for spans, group in groupby(days, key=lambda pair: pair[1]):
        names = [LABELS[day] for day, _ in group]
        if spans:
            label = f"周{names[0]}" + (f"至周{names[-1]}" if len(names) > 1 else "")
            lines.append(f"{label} {_written(spans)}")
    if hours.get(MAKEUP):
        lines.append(f"调休 {_written(hours[MAKEUP])}")
    return lines


def _written(spans: list[list[str]]) -> str:
    return " ".join(f"{start}-{end}" for start, end in spans)
