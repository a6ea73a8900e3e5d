"""Tables: CSV and XLSX read row by row, and written as a stream."""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from config.errors import InvalidInputError

# What an XLSX file may grow to when it is unpacked.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
# And of how many elements: three a cell in what we write ourselves.
MAX_ELEMENTS = 8_000_000
_PIECE = 1024 * 1024
MAX_LINES = 1_048_576
MAX_COLUMNS = 1000
ROWS_AT_ONCE = 500
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# A cell that begins so is a formula to a spreadsheet, in either width of the signs.
_FORMULA = frozenset("=+-@＝＋－＠﹦﹢﹣−")
_BREAKS = frozenset("\t\r\n")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

# A line of the table as people count them, and its cells.
Line = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """The names of its columns, and its rows."""

    header: list[str]
    rows: Iterator[Line]


def table_of_file(
    file: BinaryIO, name: str, *, max_unpacked_bytes: int = MAX_UNPACKED_BYTES
) -> Table:
    """CSV in UTF-8 or GB18030, or XLSX: its own bytes tell which.

    Raises `InvalidInputError` with `attr="file"` for what is no table; for a broken row only when
    that row is read.
    """
    head = file.read(len(_ZIP))
    file.seek(0)
    if head == _OLD_EXCEL:
        raise InvalidInputError("旧版 .xls 请另存为 .xlsx 再上传", attr="file")
    if head == _ZIP or name.lower().endswith(".xlsx"):
        return table_of(_xlsx(file, max_unpacked_bytes))
    return table_of(csv_lines(_decoded(file.read())))


def table_of(lines: Iterator[Line]) -> Table:
    """The first line that is not empty names the columns; empty lines are no rows."""
    filled = ((at, row) for at, row in lines if any(cell.strip() for cell in row))
    header = [name.strip() for name in next(filled, (1, []))[1]]
    if twice := [name for name, count in Counter(filter(None, header)).items() if count > 1]:
        raise InvalidInputError(f"列名重复：{'、'.join(twice)[:200]}", attr="file")
    return Table(header, filled)


def csv_lines(text: str) -> Iterator[Line]:
    """Lines and their cells, parted by commas, or by tabs as a spreadsheet copies them.

    A database keeps no NUL in JSON, and no name or number has one.
    """
    text = text.replace("\x00", "")
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",")
    try:
        line = 1
        for row in reader:
            yield line, _bounded(row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInputError(f"不是有效的 CSV：{error}", attr="file") from None


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Writes the table to a file; returns how many rows."""
    count = 0

    def counted() -> Iterator[Sequence[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    with path.open("wb") as file:
        file.writelines(csv_stream(header, counted()))
    return count


def csv_stream(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with a mark, as spreadsheets expect it; no cell is a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(map(_harmless, header))
    yield b"\xef\xbb\xbf"
    for some in _parts(rows):
        writer.writerows([_harmless(cell) for cell in row] for row in some)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_stream(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """One sheet of plain text, written while it is still being read (openpyxl writes files)."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _XLSX_PARTS.items():
            archive.writestr(name, _XML + text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_xml_row(header).encode())
            for some in _parts(rows):
                sheet.write("".join(map(_xml_row, some)).encode())
                yield sink.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield sink.taken()


def as_typed(cell: str) -> str:
    """What stood in a cell before `csv_stream` made it harmless."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell.lstrip("'")) else cell


def _harmless(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if _needs_mark(text) else text


def _needs_mark(text: str) -> bool:
    """What looks marked is marked once more, so that `as_typed` gives it back; a phone is no formula."""
    if text[:1] in ("+", "-") and text[1:].isascii() and text[1:].isdigit():
        return False
    return _is_formula(text.lstrip("'"))


def _is_formula(text: str) -> bool:
    """By the first sign that is seen: some spreadsheets drop what stands before it."""
    if not text or text[0].isalnum():
        return False
    seen = (sign for sign in text if sign.isprintable() and not sign.isspace())
    return text[0] in _BREAKS or next(seen, "") in _FORMULA


def _parts(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    source = iter(rows)
    while some := list(islice(source, ROWS_AT_ONCE)):
        yield some


def _bounded(row: list[str]) -> list[str]:
    if len(row) > MAX_COLUMNS:
        raise InvalidInputError(f"不能超过 {MAX_COLUMNS} 列", attr="file")
    return row


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError("文件编码须为 UTF-8 或 GB18030", attr="file")


def _xlsx(file: BinaryIO, max_unpacked_bytes: int) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(file) as archive:
            _weigh(archive, max_unpacked_bytes)
        sheet = openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets[0]
        # The size that a file claims may be too small, and then rows would be missing.
        sheet.reset_dimensions()
        for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if line > MAX_LINES:
                raise InvalidInputError("XLSX 文件的行数过多", attr="file")
            yield line, _bounded(["" if cell is None else _plain(cell) for cell in row])
    except InvalidInputError:
        raise
    except Exception:
        # openpyxl raises whatever the broken archive makes it stumble over.
        raise InvalidInputError("不是有效的 XLSX 文件", attr="file") from None


def _weigh(archive: zipfile.ZipFile, max_unpacked_bytes: int) -> None:
    """Refuses what is larger than it looks: openpyxl keeps every element of a part while it reads.

    A file of 100 KB could hold tens of millions of them, and fill the memory of the process.
    """
    elements = 0
    unpacked = sum(item.file_size for item in archive.infolist())
    for item in archive.infolist() if unpacked <= max_unpacked_bytes else []:
        with archive.open(item) as part:
            while piece := part.read(_PIECE):
                elements += piece.count(b"<") - piece.count(b"</")
    if unpacked > max_unpacked_bytes or elements > MAX_ELEMENTS:
        raise InvalidInputError("XLSX 文件的内容过大", attr="file")


def _plain(cell: Any) -> str:
    """A phone number typed into a spreadsheet is a number there: 13800138000.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\x00", "")


class _Sink(io.RawIOBase):
    """Where the archive is written to, emptied as it grows."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def _xml_row(row: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_xml_cell, row))}</row>"


def _xml_cell(cell: Any) -> str:
    text = "" if cell is None else _NOT_IN_XML.sub("", str(cell))
    if not text:
        return "<c/>"
    shown = escape(text, quote=False)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORMATS = "http://schemas.openxmlformats.org"
_MAIN = f"{_FORMATS}/spreadsheetml/2006/main"
_LINKS = f"{_FORMATS}/officeDocument/2006/relationships"
_PACKAGE = f"{_FORMATS}/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XLSX_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
