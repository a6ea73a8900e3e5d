"""Finding customers by what somebody typed: name, phone, company or remark (seed 003, keyword)."""

import re

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import StrIndex

from customers.models import Customer

COLUMNS = ("name", "phone", "company", "remark")
_NUMBER_IN_PIECES = re.compile(r"\+?\d[\d\s-]*\d")


class _Text(Func):
    """What is searched; written as the index `customer_search` writes it."""

    template = "lower(%(expressions)s)"
    arg_joiner = " || chr(10) || "
    output_field = TextField()


class _Grams(Func):
    """Its two- and three-letter pieces."""

    function = "customers_grams"
    output_field = TextField()


class _HasAll(Func):
    """Whether the first array has everything of the second."""

    template = "%(expressions)s"
    arg_joiner = " @> "
    output_field = BooleanField()


def matching(customers: QuerySet[Customer], keyword: str) -> QuerySet[Customer]:
    """Those of `customers` with `keyword` in name, phone, company or remark; empty finds all.

    On PostgreSQL the index `customer_search` finds who has all its two- and three-letter grams,
    and only those are read. One letter alone has no gram: it reads the table.
    """
    words = keyword.strip().replace("\x00", "")
    if _NUMBER_IN_PIECES.fullmatch(words):
        words = re.sub(r"[\s-]", "", words)
    if not words:
        return customers
    if connection.vendor != "postgresql":
        contained = Q()
        for column in COLUMNS:
            contained |= Q(**{f"{column}__icontains": words})
        return customers.filter(contained)
    text = _Text(*[F(column) for column in COLUMNS])
    sought = Func(Value(words, TextField()), template="lower(%(expressions)s::text)")
    found = customers.alias(place_of_words=StrIndex(text, sought)).filter(place_of_words__gt=0)
    return found.filter(_HasAll(_Grams(text), _Grams(sought))) if len(words) > 1 else found
