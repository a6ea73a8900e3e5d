"""The content of an import between its acceptance and its work: known columns only, compressed."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from config.errors import InvalidInputError
from config.sheets import Line, as_typed, table_of_file
from customers.actors import Actor
from customers.models import User
from customers.table_columns import Column, column_named

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_ROWS = 100_000
# One of them tells who a row is.
KEYS = frozenset({"phone", "external_userid", "unionid"})


@dataclass(frozen=True)
class Content:
    """`fields` names the cells of each row; `by` is who sent it, `user_id` None for an API key."""

    fields: list[str]
    rows: list[Line]
    user_id: int | None
    by: str
    entry: str

    def packed(self) -> bytes:
        parts = [self.fields, self.rows, self.user_id, self.by, self.entry]
        return zlib.compress(json.dumps(parts, ensure_ascii=False).encode(), 1)

    @classmethod
    def unpacked(cls, raw: bytes) -> "Content":
        return cls(*json.loads(zlib.decompress(raw)))

    def author_is_gone(self) -> bool:
        """Switched off, or no longer of the team, since the file came."""
        if self.user_id is None:
            return False
        user = User.objects.filter(pk=self.user_id).first()
        return user is None or not user.is_team_member


def read_content(file: BinaryIO, name: str, actor: Actor) -> tuple[Content, list[str]]:
    """The content, and the names of the columns that mean nothing to us.

    Raises `InvalidInputError` with `attr="file"` for what is no table of customers.
    """
    if file.seek(0, 2) > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        raise InvalidInputError(f"文件不能超过 {limit} MB", code="too_large", attr="file")
    file.seek(0)
    table = table_of_file(file, name, max_unpacked_bytes=MAX_UNPACKED_BYTES)
    places, unknown = _places(table.header)
    rows: list[Line] = []
    for line, cells in table.rows:
        if len(rows) == MAX_ROWS:
            raise InvalidInputError(f"一次最多 {MAX_ROWS} 行，请分成几份", attr="file")
        filled = [*cells, *[""] * (len(table.header) - len(cells))]
        rows.append((line, [as_typed(filled[place].strip()) for place in places.values()]))
    if not rows:
        raise InvalidInputError("文件中没有客户", code="empty", attr="file")
    user_id = actor.user.pk if actor.user else None
    return Content(list(places), rows, user_id, actor.name, actor.entry), unknown


def _places(header: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Where each field stands, and the names that are none of ours."""
    found: dict[str, tuple[Column, int]] = {}
    unknown = []
    for place, name in enumerate(header):
        column = column_named(name)
        if column is None:
            unknown += [name] if name else []
        elif column.field in found:
            other = header[found[column.field][1]]
            raise InvalidInputError(f"列「{other}」与「{name}」是同一项", attr="file")
        else:
            found[column.field] = (column, place)
    if "name" not in found or not KEYS & set(found):
        raise InvalidInputError(
            "第一行须有列名，其中须有 姓名，以及 手机、external_userid、unionid 中至少一列",
            code="missing_columns",
            attr="file",
        )
    return {field: place for field, (_, place) in found.items()}, unknown
