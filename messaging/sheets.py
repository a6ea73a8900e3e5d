"""Recipients from a table: CSV or XLSX in, CSV out."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Sheet:
    """A table of recipients: the names of its other columns, and each row with its line in the file."""

    names: list[str]
    rows: list[tuple[int, Addressee]]


def read_addressees(path: Path) -> Sheet:
    """A recipient a row: the column `recipient` (or 手机, 邮箱 …), the others are its variables.

    Raises `InvalidInputError` with `attr="file"` for what is no such table.
    """
    if not path.is_file():
        raise InvalidInputError(f"没有文件 {path}", attr="file")
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInputError(f"文件不能超过 {MAX_BYTES // 1024 // 1024} MB", attr="file")
    lines = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    header = [name.strip() for name in next(lines, (1, []))[1]]
    places = [at for at, name in enumerate(header) if name.lower() in RECIPIENT_NAMES]
    if not places:
        raise InvalidInputError(
            "第一行须有列名，其中一列是 recipient（或 手机、邮箱）", attr="file"
        )
    if twice := [name for name, count in Counter(filter(None, header)).items() if count > 1]:
        raise InvalidInputError(f"列名重复：{'、'.join(twice)}", attr="file")
    rows = [
        (line, _addressee(header, cells, places[0]))
        for line, cells in lines
        if any(cell.strip() for cell in cells)
    ]
    return Sheet([name for at, name in enumerate(header) if at != places[0]], rows)


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


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Line breaks as they are: a quoted cell may hold some.
        reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""))
        line = 1
        try:
            for row in reader:
                yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            raise InvalidInputError(f"不是有效的 CSV：{error}", attr="file") from None
        return
    raise InvalidInputError("文件编码须为 UTF-8 或 GB18030", attr="file")


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for line, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield line, ["" if cell is None else _plain(cell) for cell in row]
    except Exception:
        # openpyxl raises whatever the broken archive makes it stumble over.
        raise InvalidInputError("不是有效的 XLSX 文件", attr="file") from None


def _plain(cell: Any) -> str:
    """A phone number typed into a spreadsheet is a number there: 13800138000.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _harmless(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) and not text[1:].isdigit() else text
