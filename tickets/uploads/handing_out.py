"""Handing a stored file to a browser that is to run nothing of it."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from config.errors import NotFoundError
from tickets.uploads.types import RASTER_TYPES


def file_response(
    field: FieldFile, *, name: str, content_type: str, inline: bool = False
) -> FileResponse:
    """The file to keep; pictures made of pixels may be shown, everything else never is.

    The browser is to believe the type. Raises `NotFoundError` when the file is gone.
    """
    try:
        content = field.open("rb")
    except FileNotFoundError:
        raise NotFoundError("文件已不存在") from None
    response = FileResponse(
        content,
        as_attachment=not (inline and content_type in RASTER_TYPES),
        filename=name,
        content_type=content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
