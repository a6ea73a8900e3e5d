"""What an act on many rows is: its words, whom it leaves out, and the action behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

Given = dict[str, Any]
# What one request works through, row by row.
MOST_EACH = 500


@dataclass(frozen=True)
class Doing:
    """The circumstances of one confirmed act: whose list, who asks, what the form gave."""

    page: Any
    request: HttpRequest
    given: Given


def nothing_against(row: Any, request: HttpRequest) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class BulkAct:
    """`run(row, doing)` does it to one row and raises `AppError` where that row refuses.

    `run_all(rows, doing)` does it to all at once instead, and says how many changed. `against(row,
    request)` says why a row would be left out (empty: it would not); it is asked before the
    question and again before the deed, and the action still has the last word.
    """

    name: str
    label: str
    effect: str
    done: str
    unit: str = "条记录"
    permission: str = "change"
    run: Callable[[Any, Doing], object] | None = None
    run_all: Callable[[Sequence[Any], Doing], int] | None = None
    against: Callable[[Any, HttpRequest], str] = nothing_against
    form: type[forms.Form] | None = None
    named: Callable[[Any], str] = str
    most: int = MOST_EACH
    is_danger: bool = False
