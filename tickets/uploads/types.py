"""Which files are taken, told by their content: names and clients' types are only claims."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from config.errors import InvalidInputError
from tickets.uploads.names import extension_of

OFFICE = "application/vnd.openxmlformats-officedocument"
HEAD = 4096
# A table of contents longer than this is no document of an office.
MOST_MEMBERS = 20_000


@dataclass(frozen=True)
class FileType:
    """`extensions`: what such files are called; the first is given to one that has another name."""

    content_type: str
    extensions: tuple[str, ...]
    # Pixels alone: a browser may show it on its own.
    is_raster: bool = False


PNG = FileType("image/png", ("png",), is_raster=True)
JPEG = FileType("image/jpeg", ("jpg", "jpeg"), is_raster=True)
GIF = FileType("image/gif", ("gif",), is_raster=True)
WEBP = FileType("image/webp", ("webp",), is_raster=True)
PDF = FileType("application/pdf", ("pdf",))
DOCX = FileType(f"{OFFICE}.wordprocessingml.document", ("docx",))
XLSX = FileType(f"{OFFICE}.spreadsheetml.sheet", ("xlsx",))
PPTX = FileType(f"{OFFICE}.presentationml.presentation", ("pptx",))
ZIP = FileType("application/zip", ("zip",))
MP4 = FileType("video/mp4", ("mp4",))
AMR = FileType("audio/amr", ("amr",))
TEXT = FileType("text/plain", ("txt", "log", "csv"))

TYPES = (PNG, JPEG, GIF, WEBP, PDF, TEXT, DOCX, XLSX, PPTX, ZIP, MP4, AMR)
EXTENSIONS = tuple(extension for kind in TYPES for extension in kind.extensions)
RASTER_TYPES = frozenset(kind.content_type for kind in TYPES if kind.is_raster)
ACCEPT = ",".join(f".{extension}" for extension in EXTENSIONS)

_BEGINNINGS: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (PNG, lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    (JPEG, lambda head: head.startswith(b"\xff\xd8\xff")),
    (GIF, lambda head: head[:6] in (b"GIF87a", b"GIF89a")),
    (WEBP, lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    (PDF, lambda head: head.startswith(b"%PDF-")),
    (MP4, lambda head: head[4:8] == b"ftyp"),
    (AMR, lambda head: head.startswith((b"#!AMR\n", b"#!AMR-WB\n"))),
)
_OFFICE_PARTS = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))
# Logs may be coloured: the escape character is none of these.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<svg", b"<script", b"<?xml", b"<?php")
_REFUSED = "不支持这种文件，可上传：" + "、".join(EXTENSIONS)


def type_of(name: str, content: IO[bytes]) -> FileType:
    """What `content` is; leaves it at its beginning.

    Raises `InvalidInputError` for other content, and for a name whose extension is none of ours.
    """
    extension = extension_of(name)
    if extension and extension not in EXTENSIONS:
        raise InvalidInputError(_REFUSED, code="file_type", attr="file")
    content.seek(0)
    head = content.read(HEAD)
    found = next((kind for kind, begins in _BEGINNINGS if begins(head)), None)
    if found is None and head.startswith(b"PK\x03\x04"):
        found = _archive(content)
    if found is None and _is_text(content):
        found = TEXT
    content.seek(0)
    if found is None:
        raise InvalidInputError(_REFUSED, code="file_type", attr="file")
    return found


def _archive(content: IO[bytes]) -> FileType | None:
    """By the table of contents; nothing is unpacked. Macros are refused."""
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return None
    if len(names) > MOST_MEMBERS:
        return None
    if "[Content_Types].xml" not in names:
        return ZIP
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise InvalidInputError("不支持带宏的文档", code="file_type", attr="file")
    for beginning, kind in _OFFICE_PARTS:
        if any(name.startswith(beginning) for name in names):
            return kind
    return ZIP


def _is_text(content: IO[bytes]) -> bool:
    """Readable in UTF-8 or GB18030 to its end, and no markup in disguise."""
    content.seek(0)
    data = content.read()
    if b"\x00" in data or not data.strip():
        return False
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:HEAD].lower()
    if start.startswith(b"<") and any(word in start for word in _MARKUP):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _CONTROLS.search(text) is None
    return False
