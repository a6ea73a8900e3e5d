"""Looking at an upload before anything is kept of it."""

import hashlib
from dataclasses import dataclass
from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile

from config.errors import InvalidInputError
from tickets.uploads.names import clean_name, extension_of
from tickets.uploads.types import RASTER_TYPES, type_of

# Whatever the runtime settings say: the servers' body limits stand behind it.
HARD_CAP_BYTES = 20 * 1024 * 1024
PIECE = 256 * 1024


@dataclass(frozen=True)
class Checked:
    """What an upload is by its content, under a name made harmless."""

    name: str
    content_type: str
    size: int
    sha256: str

    @property
    def is_picture(self) -> bool:
        return self.content_type in RASTER_TYPES


def checked(upload: "UploadedFile[Any]", *, most_bytes: int) -> Checked:
    """Raises `InvalidInputError` with attr `file`: empty, too large, or of no kind that is taken."""
    most = min(most_bytes, HARD_CAP_BYTES)
    size = upload.size or 0
    if not size:
        raise InvalidInputError("文件是空的", code="empty", attr="file")
    if size > most:
        shown = f"{most // 1024 // 1024} MB" if most >= 1024 * 1024 else f"{most // 1024} KB"
        raise InvalidInputError(f"文件不能超过 {shown}", code="too_large", attr="file")
    content = cast("IO[bytes]", upload)
    name = upload.name or ""
    kind = type_of(name, content)
    given = extension_of(name)
    return Checked(
        name=clean_name(name, given if given in kind.extensions else kind.extensions[0]),
        content_type=kind.content_type,
        size=size,
        sha256=_digest(content),
    )


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(PIECE):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()
