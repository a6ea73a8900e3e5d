"""Customers as a table, row by row, with the columns that an import reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from config.logs import get_logger
from customers.actors import Actor
from customers.models import Customer
from customers.table_columns import COLUMNS

logger = get_logger(__name__)

HEADER: Sequence[str] = [column.label for column in COLUMNS]
ROWS_AT_ONCE = 500


def exported(
    customers: QuerySet[Customer], actor: Actor, *, kind: str, asked: Mapping[str, Any]
) -> Iterator[list[str]]:
    """A row for each; so many in memory, their owners, tags and addresses with them.

    Whoever takes customers out leaves a line in the log: who, how many, narrowed by what; never
    whom, and never the words of a search.
    """
    rows = customers.select_related("follow_user").prefetch_related("tags", "identifiers")
    count, finished = 0, False
    try:
        for customer in rows.iterator(chunk_size=ROWS_AT_ONCE):
            yield [column.write(customer) for column in COLUMNS]
            count += 1
        finished = True
    finally:
        logger.info(
            "customers_exported",
            user_id=actor.user.pk if actor.user else None,
            by=actor.name if actor.user is None else "",
            kind=kind,
            filters=sorted(asked),
            count=count,
            finished=finished,
        )
