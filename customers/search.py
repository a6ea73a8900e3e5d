"""Finding customers by what somebody typed: name, phone, company or remark (seed 003, keyword)."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import StrIndex

from customers.models import Customer

COLUMNS = ("name", "phone", "company", "remark")
_NUMBER_IN_PIECES = re.compile(r"\+?\d[\d\s-]*\d")


class Text(Func):
    """What is searched; written as the indexes write it."""

    template = "lower(%(expressions)s)"
    arg_joiner = " || chr(10) || "
    output_field = TextField()


class Grams(Func):
    """Its two- and three-letter pieces."""

    function = "customers_grams"
    output_field = TextField()


class HasAll(Func):
    """Whether the first array has everything of the second."""

    template = "%(expressions)s"
    arg_joiner = " @> "
    output_field = BooleanField()


def matching(customers: QuerySet[Customer], keyword: str) -> QuerySet[Customer]:
    """Those of `customers` with `keyword` in name, phone, company or remark; empty finds all.

    On PostgreSQL the index `customer_search` is asked.
    """
    words = keyword.strip().replace("\x00", "")
    if _NUMBER_IN_PIECES.fullmatch(words):
        words = re.sub(r"[\s-]", "", words)
    if not words:
        return customers
    return containing(customers, words, COLUMNS)


def text_of(columns: Sequence[str]) -> Text:
    return Text(*[F(column) for column in columns])


def containing(rows: QuerySet[Any], words: str, columns: Sequence[str]) -> QuerySet[Any]:
    """Those in whose columns `words` stand, whatever their case.

    PostgreSQL needs an index of these columns' grams: it finds which rows have all the two- and
    three-letter grams of the words, and only those are read. One letter alone has no gram: it reads
    the table.
    """
    if connection.vendor != "postgresql":
        contained = Q()
        for column in columns:
            contained |= Q(**{f"{column}__icontains": words})
        return rows.filter(contained)
    text = text_of(columns)
    sought = Func(Value(words, TextField()), template="lower(%(expressions)s::text)")
    found: QuerySet[Any] = rows.alias(place_of_words=StrIndex(text, sought))
    found = found.filter(place_of_words__gt=0)
    return found.filter(HasAll(Grams(text), Grams(sought))) if len(words) > 1 else found
