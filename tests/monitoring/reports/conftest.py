"""A reader's questions at the API, on a fixed day."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

# Noon of a Sunday in Shanghai.
NOW = datetime(2026, 3, 15, 4, tzinfo=UTC)


@pytest.fixture
def march():
    with time_machine.travel(NOW, tick=False):
        yield


def at(day: int, hour: int = 12, minute: int = 0, month: int = 3) -> datetime:
    """A moment of 2026 in Shanghai."""
    return timezone.make_aware(datetime(2026, month, day, hour, minute))


def moved(row: Any, **moments: datetime) -> Any:
    """The row with moments that it would not take by itself."""
    type(row).objects.filter(pk=row.pk).update(**moments)
    row.refresh_from_db()
    return row


def in_sql(moment: datetime) -> Any:
    """As the database keeps a moment: SQLite as text in UTC."""
    return connection.ops.adapt_datetimefield_value(moment)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.fixture
def read(api, admin):
    """A report's answer: `read("sales", period="7d")`, by the administrator unless told."""

    def ask(name: str, who: Any = None, **query: Any) -> "Answer":
        asked = {key.rstrip("_"): value for key, value in query.items()}
        found = api(who or admin).get(f"/api/reports/{name}", asked)
        assert found.status_code == 200, found.content
        return Answer(found.json())

    return ask


class Answer:
    """A report as its reader picks it apart."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.figures = {one["name"]: one["value"] for one in data["figures"]}
        self.before = {one["name"]: one["before"] for one in data["figures"]}
        self.change = {one["name"]: one["change"] for one in data["figures"]}

    def table(self, name: str) -> list[dict[str, Any]]:
        return next(table["rows"] for table in self.data["tables"] if table["name"] == name)

    def column(self, table: str, key: str, value: str) -> dict[str, Any]:
        """A table's column, by another one."""
        return {row[key]: row[value] for row in self.table(table)}


def lines_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))
