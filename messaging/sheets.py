"""Recipients from a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from config.errors import InvalidInputError
from config.sheets import MAX_LINES, Table, csv_lines, table_of, table_of_file
from messaging.actions.send import Addressee

RECIPIENT = "recipient"
# What people call that column.
RECIPIENT_NAMES = frozenset(
    {RECIPIENT, "接收方", "收件人", "手机", "手机号", "邮箱", "email", "phone"}
)
MAX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SheetRow:
    """Whom a row names, and on which line of the table that is."""

    line: int
    addressee: Addressee


@dataclass(frozen=True)
class Sheet:
    """A table of recipients: the names of its other columns, and its rows."""

    names: list[str]
    rows: list[SheetRow]


def read_addressees(path: Path) -> Sheet:
    """A recipient a row: the column `recipient` (or 手机, 邮箱 …), the others are its variables.

    Raises `InvalidInputError` with `attr="file"` for what is no such table.
    """
    if not path.is_file():
        raise InvalidInputError(f"没有文件 {path}", attr="file")
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInputError(f"文件不能超过 {MAX_BYTES // 1024 // 1024} MB", attr="file")
    with path.open("rb") as file:
        return _read(file, path.name, MAX_LINES)


def read_rows(file: BinaryIO, name: str, *, most: int = MAX_LINES) -> list[SheetRow]:
    """Like `read_addressees`, the rows alone; raises also for more than `most` recipients."""
    return _read(file, name, most).rows


def rows_of_text(text: str, *, most: int = MAX_LINES) -> list[SheetRow]:
    """What was pasted: a table with its header, or else one recipient a line."""
    first = next(csv_lines(text.lstrip()), (1, []))[1]
    if _recipient_place(first) is not None:
        return _sheet(table_of(csv_lines(text)), most).rows
    lines = enumerate(text.splitlines(), start=1)
    found = [SheetRow(at, Addressee(line.strip())) for at, line in lines if line.strip()]
    return _bounded(found, most)


def _read(file: BinaryIO, name: str, most: int) -> Sheet:
    return _sheet(table_of_file(file, name), most)


def _sheet(table: Table, most: int) -> Sheet:
    header = table.header
    place = _recipient_place(header)
    if place is None:
        raise InvalidInputError(
            "第一行须有列名，其中一列是 recipient（或 手机、邮箱）", attr="file"
        )
    rows = (SheetRow(at, _addressee(header, row, place)) for at, row in table.rows)
    names = [name for at, name in enumerate(header) if at != place]
    return Sheet(names, _bounded(islice(rows, most + 1), most))


def _bounded(rows: Iterable[SheetRow], most: int) -> list[SheetRow]:
    found = list(rows)
    if len(found) > most:
        raise InvalidInputError(f"一次最多 {most} 位接收方，请分成几份", attr="file")
    return found


def _recipient_place(header: Sequence[str]) -> int | None:
    places = (at for at, name in enumerate(header) if name.strip().lower() in RECIPIENT_NAMES)
    return next(places, None)


def _addressee(header: Sequence[str], row: Sequence[str], place: int) -> Addressee:
    cells = [*row, *[""] * (len(header) - len(row))]
    variables = {
        name: cells[at] for at, name in enumerate(header) if at != place and name and cells[at]
    }
    return Addressee(cells[place].strip(), variables)
