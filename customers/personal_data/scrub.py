"""Taking words out of columns, wherever they stand."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import JSONField, Q, QuerySet, TextField
from django.db.models.functions import Cast

from customers.personal_data.subject import Subject

ROWS_AT_ONCE = 500


def naming(rows: QuerySet[Any], words: Sequence[str], *fields: str) -> QuerySet[Any]:
    """Those whose text or JSON `fields` hold one of `words`."""
    found = Q(pk__in=[])
    for field in fields:
        column = field
        if isinstance(rows.model._meta.get_field(field), JSONField):  # noqa: SLF001
            column = f"{field}_as_text"
            rows = rows.annotate(**{column: Cast(field, TextField())})
        for word in words:
            for form in {word, json.dumps(word)[1:-1]} if column != field else {word}:
                found |= Q(**{f"{column}__contains": form})
    return rows.filter(found)


def scrub(rows: QuerySet[Any], subject: Subject, words: tuple[str, ...], *fields: str) -> int:
    """Takes `words` out of `fields`; returns how many rows had them."""
    if not words:
        return 0
    count = 0
    for some in _parts(naming(rows, words, *fields)):
        for row in some:
            for field in fields:
                setattr(row, field, subject.without(getattr(row, field), words))
        rows.bulk_update(some, fields)
        count += len(some)
    return count


def _parts(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        last = some[-1].pk
        yield some
