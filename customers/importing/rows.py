"""What a row of the table says, and what is wrong with it before anybody is looked up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from config.errors import InvalidInputError
from config.sheets import Line
from customers.actions.fields import CustomerFields, checked
from customers.importing.content import KEYS, Content
from customers.models import User
from customers.queries.staff import team_members
from customers.table_columns import BY_FIELD

Key = tuple[str, ...]


@dataclass
class RowError:
    """`detail` never repeats what a person is called or where they are reached."""

    field: str
    code: str
    detail: str


@dataclass
class ImportRow:
    """`values` are the customer's own fields, checked; those that the table leaves empty are absent."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    email: str = ""
    owner: User | None = None
    errors: list[RowError] = field(default_factory=list)

    def refuse(self, name: str, code: str, detail: str) -> None:
        self.errors.append(RowError(name, code, detail))

    @property
    def external(self) -> str:
        return self.values.get("external_userid") or ""

    @property
    def pair(self) -> tuple[str, str] | None:
        """Phone and name, which name one customer."""
        phone, name = self.values.get("phone"), self.values.get("name")
        return (phone, name) if phone and name else None


def rows_of(content: Content) -> list[ImportRow]:
    """All rows in order; who stands in the table twice is refused the second time."""
    team = Team()
    rows = [_row(content.fields, line, team) for line in content.rows]
    _refuse_doubles(rows)
    return rows


class Team:
    """Colleagues by what a table may call them."""

    def __init__(self) -> None:
        self._by_name: dict[str, set[User]] = {}
        for user in team_members():
            for name in {user.username, user.wecom_user_id or "", user.name} - {""}:
                self._by_name.setdefault(name, set()).add(user)

    def named(self, text: str) -> User:
        found = self._by_name.get(text.removeprefix("@"), set())
        exact = [user for user in found if text in (user.username, user.wecom_user_id)]
        if len(exact) == 1:
            return exact[0]
        if not found:
            raise InvalidInputError("没有这位同事", code="unknown_staff")
        if len(found) > 1:
            raise InvalidInputError("有多位同事同名，请用企业微信账号", code="ambiguous_staff")
        return next(iter(found))


def _row(fields: list[str], line: Line, team: Team) -> ImportRow:
    row = ImportRow(line[0])
    given: dict[str, Any] = {}
    for name, cell in zip(fields, line[1], strict=True):
        if not cell:
            continue
        try:
            given[name] = team.named(cell) if name == "follow_user" else BY_FIELD[name].read(cell)
        except InvalidInputError as error:
            row.refuse(name, error.code, error.detail)
    row.tags = given.pop("tags", [])
    row.email = given.pop("email", "")
    row.owner = given.pop("follow_user", None)
    _check(row, given)
    refused = {error.field for error in row.errors}
    if not KEYS & (set(row.values) | refused):
        row.refuse("phone", "required", "须有手机、external_userid 或 unionid")
    return row


def _check(row: ImportRow, given: dict[str, Any]) -> None:
    """By the one rule of every door; field by field only when something is wrong."""
    try:
        row.values = checked(cast("CustomerFields", given))
    except InvalidInputError:
        for name, value in given.items():
            try:
                row.values |= checked(cast("CustomerFields", {name: value}))
            except InvalidInputError as error:
                detail = "不是有效的电话号码" if name == "phone" else error.detail
                row.refuse(name, error.code, detail)


def _refuse_doubles(rows: Iterable[ImportRow]) -> None:
    seen: dict[Key, int] = {}
    for row in rows:
        if row.errors:
            continue
        first = min((seen[key] for name, key in _naming(row) if key in seen), default=None)
        if first is not None:
            name = next(name for name, key in _naming(row) if key in seen)
            row.refuse(name, "duplicate", f"与第 {first} 行重复")
            continue
        for _, key in _claimed(row):
            seen[key] = row.line


def _naming(row: ImportRow) -> Iterator[tuple[str, Key]]:
    """By which a row is told from the others: a UnionID only where there is no external id."""
    return ((name, key) for name, key in _claimed(row) if name != "unionid" or not row.external)


def _claimed(row: ImportRow) -> Iterator[tuple[str, Key]]:
    if row.external:
        yield "external_userid", ("external", row.values.get("corp_id", ""), row.external)
    if row.values.get("unionid"):
        yield "unionid", ("unionid", row.values["unionid"])
    if row.pair:
        yield "phone", ("pair", *row.pair)
