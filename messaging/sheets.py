"""Recipients from a table: CSV or XLSX in, CSV out."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from config.errors import InvalidInputError
from messaging.actions.send import Addressee

RECIPIENT = "recipient"
# What people call that column.
RECIPIENT_NAMES = frozenset(
    {RECIPIENT, "接收方", "收件人", "手机", "手机号", "邮箱", "email", "phone"}
)
MAX_BYTES = 50 * 1024 * 1024
# What an XLSX file may grow to when it is unpacked.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_LINES = 1_048_576
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    first = next(_csv(text.lstrip()), (1, []))[1]
    if _recipient_place(first) is not None:
        return _table(_csv(text), most).rows
    lines = enumerate(text.splitlines(), start=1)
    found = [SheetRow(at, Addressee(line.strip())) for at, line in lines if line.strip()]
    return _bounded(found, most)


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


def _read(file: BinaryIO, name: str, most: int) -> Sheet:
    head = file.read(len(_ZIP))
    file.seek(0)
    if head == _OLD_EXCEL:
        raise InvalidInputError("旧版 .xls 请另存为 .xlsx 再上传", attr="file")
    is_xlsx = head == _ZIP or name.lower().endswith(".xlsx")
    return _table(_xlsx(file) if is_xlsx else _csv(_decoded(file.read())), most)


def _table(lines: Iterator[tuple[int, list[str]]], most: int) -> Sheet:
    filled = ((at, row) for at, row in lines if any(cell.strip() for cell in row))
    header = [name.strip() for name in next(filled, (1, []))[1]]
    place = _recipient_place(header)
    if place is None:
        raise InvalidInputError(
            "第一行须有列名，其中一列是 recipient（或 手机、邮箱）", attr="file"
        )
    if twice := [name for name, count in Counter(filter(None, header)).items() if count > 1]:
        raise InvalidInputError(f"列名重复：{'、'.join(twice)}", attr="file")
    rows = (SheetRow(at, _addressee(header, row, place)) for at, row in filled)
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


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError("文件编码须为 UTF-8 或 GB18030", attr="file")


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines and their cells, parted by commas, or by tabs as a spreadsheet copies them.

    A database keeps no NUL in JSON, and no name or number has one.
    """
    text = text.replace("\x00", "")
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",")
    try:
        line = 1
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInputError(f"不是有效的 CSV：{error}", attr="file") from None


def _xlsx(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise InvalidInputError("XLSX 文件的内容过大", attr="file")
        sheet = openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets[0]
        # The size that a file claims may be too small, and then rows would be missing.
        sheet.reset_dimensions()
        for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if line > MAX_LINES:
                raise InvalidInputError("XLSX 文件的行数过多", attr="file")
            yield line, ["" if cell is None else _plain(cell) for cell in row]
    except InvalidInputError:
        raise
    except Exception:
        # openpyxl raises whatever the broken archive makes it stumble over.
        raise InvalidInputError("不是有效的 XLSX 文件", attr="file") from None


def _plain(cell: Any) -> str:
    """A phone number typed into a spreadsheet is a number there: 13800138000.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\x00", "")


def _harmless(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) and not text[1:].isdigit() else text
