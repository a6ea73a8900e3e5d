"""Customers as a table, row by row, with the columns that an import reads."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from config.logs import get_logger
from customers.actors import Actor
from customers.models import Customer
from customers.queries.export_log import noted
from customers.table_columns import COLUMNS

logger = get_logger(__name__)

HEADER: Sequence[str] = [column.label for column in COLUMNS]
ROWS_AT_ONCE = 500


def exported(
    customers: QuerySet[Customer], actor: Actor, *, kind: str, asked: Mapping[str, Any]
) -> Iterator[list[str]]:
    """A row for each; so many in memory, their owners, tags and addresses with them."""
    rows = customers.select_related("follow_user").prefetch_related("tags", "identifiers")
    table = (
        [column.write(customer) for column in COLUMNS]
        for customer in rows.iterator(chunk_size=ROWS_AT_ONCE)
    )
    return noted(
        table, partial(logger.info, "customers_exported"), actor=actor, kind=kind, asked=asked
    )
