"""Writing new messages: COPY for many, one INSERT for a few; SQLite has its own size of statement."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any

import orjson
from django.db import connection

# Below this, one INSERT is quicker than reserving ids and opening a COPY.
COPY_FROM = 60
INSERT_ROWS = 400
COPY_BLOCK = 500


@dataclass(slots=True)
class Row:
    """The columns of a new message, in the order in which they are written. JSON ones are text."""

    message_id: str
    batch_id: int | None
    channel: str
    account_id: int | None
    template_id: int | None
    template_version: int | None
    recipient: str
    customer_id: int | None
    variables: str | None
    payload: str | None
    fallback_channels: str | None
    priority: int
    status: str
    due_at: datetime
    expires_at: datetime | None
    dedupe_key: str | None
    created_by_id: int | None
    created_at: datetime
    attempts: int = 0
    provider_message_id: str = ""
    error_code: str = ""
    error_detail: str = ""


_NAMES = [column.name for column in fields(Row)]
COLUMNS = ", ".join(_NAMES)
_MARKS = "(" + ", ".join(["%s"] * len(_NAMES)) + ")"
_values = attrgetter(*_NAMES)
# What each message has of its own, and what those of one call have in common.
_OWN = ["message_id", "recipient", "variables", "payload", "dedupe_key"]
_SHARED = [name for name in _NAMES if name not in _OWN]
_shared = attrgetter(*_SHARED)
_COPY_ESCAPES = (("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def insert_rows(rows: Iterable[Row], number: int) -> tuple[list[Row], list[int]]:
    """Writes `number` rows in the running transaction; returns them and their primary keys, in order.

    Of many rows the database takes in the first while the others are still being made.
    """
    if connection.vendor == "postgresql" and number >= COPY_FROM:
        return _copy(rows, number)
    written = list(rows)
    ids: list[int] = []
    for at in range(0, number, INSERT_ROWS):
        ids += _insert(written[at : at + INSERT_ROWS])
    return written, ids


def as_json(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # Numbers beyond 64 bits.
        return _encode(value)


def _insert(rows: Sequence[Row]) -> list[int]:
    adapt = connection.ops.adapt_datetimefield_value
    parameters: list[Any] = []
    for row in rows:
        parameters += [
            adapt(value) if isinstance(value, datetime) else value for value in _values(row)
        ]
    marks = ", ".join([_MARKS] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO messaging_message ({COLUMNS}) VALUES {marks} RETURNING id", parameters
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def _copy(rows: Iterable[Row], number: int) -> tuple[list[Row], list[int]]:
    """COPY's text, put together by us: rows of one call differ in a few columns only."""
    written: list[Row] = []
    waiting = iter(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('messaging_message', 'id'))"
            " FROM generate_series(1, %s)",
            [number],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
        columns = ", ".join([*_OWN, *_SHARED])
        with cursor.copy(f"COPY messaging_message (id, {columns}) FROM STDIN") as copy:
            while block := list(islice(waiting, COPY_BLOCK)):
                copy.write("".join(_lines(ids[len(written) :], block)))
                written += block
    return written, ids


def _lines(ids: Sequence[int], rows: Sequence[Row]) -> Iterator[str]:
    for pk, row in zip(ids, rows, strict=False):
        yield (
            f"{pk}\t{row.message_id}\t{_text(row.recipient)}\t{_text(row.variables)}\t"
            f"{_text(row.payload)}\t{_text(row.dedupe_key)}\t{_shared_text(_shared(row))}\n"
        )


@lru_cache(maxsize=256)
def _shared_text(values: tuple[Any, ...]) -> str:
    return "\t".join(
        _text(value.isoformat() if isinstance(value, datetime) else value) for value in values
    )


def _text(value: Any) -> str:
    """One column of COPY's text format."""
    if value is None:
        return "\\N"
    text = str(value)
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    # Ten times cheaper than `translate`, and most texts hold none of them.
    for mark, escaped in _COPY_ESCAPES:
        if mark in text:
            text = text.replace(mark, escaped)
    return text
