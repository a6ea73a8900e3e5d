"""Files beside rows: a transaction takes its rows back, the files have to be taken back by hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile

from tickets.storage import private_storage

Keep = Callable[[FieldFile, str, "UploadedFile[Any]"], None]


@contextmanager
def files_taken_back() -> Iterator[Keep]:
    """Stand outside the transaction: what was stored inside goes away when that one fails.

    `with files_taken_back() as keep: … keep(row.file, name, upload)`; the caller saves the row.
    """
    stored: list[str] = []

    def keep(field: FieldFile, name: str, upload: "UploadedFile[Any]") -> None:
        field.save(name, File(cast("Any", upload)), save=False)
        stored.append(str(field.name))

    try:
        yield keep
    except BaseException:
        for name in stored:
            private_storage().delete(name)
        raise
