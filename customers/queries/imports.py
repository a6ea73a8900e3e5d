"""What became of the rows of an import."""

from collections.abc import Iterator

from django.db.models import QuerySet

from customers.actions.imports import UNKNOWN_COLUMN
from customers.models import CustomerImport, ImportRowError
from customers.table_columns import BY_FIELD

ERROR_HEADER = ["行", "列", "错误码", "说明"]


def import_errors(job: CustomerImport) -> QuerySet[ImportRowError]:
    """Wrong fields in the order of the table; columns that were left out are no errors."""
    rows = ImportRowError.objects.filter(job=job).exclude(code=UNKNOWN_COLUMN)
    return rows.order_by("line", "field")


def import_warnings(job: CustomerImport) -> list[str]:
    """The columns that mean nothing to us."""
    rows = ImportRowError.objects.filter(job=job, code=UNKNOWN_COLUMN)
    return list(rows.order_by("pk").values_list("field", flat=True))


def error_table(job: CustomerImport) -> Iterator[list[object]]:
    """A row for each wrong field, with the column as people call it."""
    for row in import_errors(job).iterator(chunk_size=1000):
        column = BY_FIELD.get(row.field)
        yield [row.line, column.label if column else row.field, row.code, row.detail]
