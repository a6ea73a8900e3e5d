"""Recipients from a table: CSV or XLSX in, CSV out."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from config.errors import InvalidInputError
from messaging.actions.send import Addressee

RECIPIENT = "recipient"
# What people call that column.
RECIPIENT_NAMES = frozenset(
    {RECIPIENT, "接收方", "收件人", "手机", "手机号", "邮箱", "email", "phone"}
)
MAX_BYTES = 50 * 1024 * 1024
# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_addressees(path: Path) -> list[Addressee]:
    """A recipient a row: the column `recipient` (or 手机, 邮箱 …), the others are its variables.

    Raises `InvalidInputError` with `attr="file"` for what is no such table.
    """
    if not path.is_file():
        raise InvalidInputError(f"没有文件 {path}", attr="file")
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInputError(f"文件不能超过 {MAX_BYTES // 1024 // 1024} MB", attr="file")
    rows = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    header = [name.strip() for name in next(rows, [])]
    places = [at for at, name in enumerate(header) if name.lower() in RECIPIENT_NAMES]
    if not places:
        raise InvalidInputError(
            "第一行须有列名，其中一列是 recipient（或 手机、邮箱）", attr="file"
        )
    return [_addressee(header, row, places[0]) for row in rows if any(cell.strip() for cell in row)]


def write_results(path: Path, header: Sequence[str], rows: Iterator[Sequence[Any]]) -> int:
    """UTF-8 with a mark, as spreadsheets expect it; returns how many rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow([_harmless(cell) for cell in row])
            count += 1
    return count


def _addressee(header: Sequence[str], row: Sequence[str], place: int) -> Addressee:
    cells = [*row, *[""] * (len(header) - len(row))]
    variables = {
        name: cells[at] for at, name in enumerate(header) if at != place and name and cells[at]
    }
    return Addressee(cells[place].strip(), variables)


def _csv(path: Path) -> Iterator[list[str]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            yield from csv.reader(text.splitlines())
        except csv.Error as error:
            raise InvalidInputError(f"不是有效的 CSV：{error}", attr="file") from None
        return
    raise InvalidInputError("文件编码须为 UTF-8 或 GB18030", attr="file")


def _xlsx(path: Path) -> Iterator[list[str]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception:
        # openpyxl raises whatever the broken archive makes it stumble over.
        raise InvalidInputError("不是有效的 XLSX 文件", attr="file") from None
    for row in book.worksheets[0].iter_rows(values_only=True):
        yield ["" if cell is None else _plain(cell) for cell in row]


def _plain(cell: Any) -> str:
    """A phone number typed into a spreadsheet is a number there: 13800138000.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _harmless(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) and not text[1:].isdigit() else text
