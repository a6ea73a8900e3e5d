"""One stream of what happened to a customer, newest first, merged from many tables.

Every item stands at (time, source, id); a cursor is the place of the last one read. Each source is
asked for a page of what lies behind that place, with one query, so that pages neither repeat nor
skip anything, however many items share a moment. Rooms above add sources.
"""

import base64
import binascii
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from config.errors import InvalidInputError
from customers.actors import Actor

Row = TypeVar("Row", bound=Model)
MAX_CURSOR = 200


@dataclass(frozen=True)
class Item:
    """`title` and `content` are what people read; `ref_type` and `ref_id` say what it is about."""

    pk: int
    at: datetime
    title: str
    content: str = ""
    actor: str = ""
    entry: str = ""
    ref_type: str = ""
    ref_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """What lies behind the cursor, as one source sees it: earlier, or just then and further down."""

    at: datetime
    takes_the_moment: bool = False
    below_pk: int | None = None

    def rule(self, time_field: str) -> Q:
        earlier = Q(**{f"{time_field}__lt": self.at})
        if self.takes_the_moment:
            return earlier | Q(**{time_field: self.at})
        if self.below_pk is not None:
            return earlier | Q(**{time_field: self.at, "pk__lt": self.below_pk})
        return earlier


Fetch = Callable[[int, Before | None, int, Actor], list[Item]]


@dataclass(frozen=True)
class Source:
    kind: str
    name: str
    fetch: Fetch


@dataclass(frozen=True)
class Place:
    """Where an item stands in the stream."""

    at: datetime
    source: str
    pk: int

    def seen_by(self, source: Source) -> Before:
        """Of one moment, sources come in the order of their names, the last one first."""
        if source.name == self.source:
            return Before(self.at, below_pk=self.pk)
        return Before(self.at, takes_the_moment=source.name < self.source)


@dataclass(frozen=True)
class Entry:
    kind: str
    place: Place
    item: Item

    @property
    def key(self) -> str:
        return f"{self.place.source}:{self.place.pk}"


_sources: dict[str, Source] = {}
_labels: dict[str, str] = {}
_pages: dict[str, str] = {}


def register_source(kind: str, fetch: Fetch, *, label: str, name: str = "", page: str = "") -> None:
    """Called from `ready()`. `kind` is what callers filter by, `label` its Chinese name.

    `fetch(customer_id, before, limit, actor)` gives the newest `limit` items behind `before`, with
    a bounded number of queries; `newest` does the cutting. A kind with several tables registers
    each under a `name` of its own. `page` is the model in whose admin its items are seen, such as
    `tickets_ticket`.
    """
    _sources[name or kind] = Source(kind, name or kind, fetch)
    _labels[kind] = label
    if page:
        _pages[kind] = page


def kinds() -> dict[str, str]:
    return dict(_labels)


def page_of(kind: str) -> str:
    """`app_model` of the admin page of such items; empty where there is none."""
    return _pages.get(kind, "")


def newest(
    rows: QuerySet[Row], before: Before | None, limit: int, *, time_field: str = "created_at"
) -> QuerySet[Row]:
    """A source's page: the latest rows behind `before`."""
    if before is not None:
        rows = rows.filter(before.rule(time_field))
    return rows.order_by(f"-{time_field}", "-pk")[:limit]


def customer_timeline(
    customer_id: int,
    actor: Actor,
    *,
    size: int,
    cursor: str = "",
    wanted: Collection[str] = (),
) -> tuple[list[Entry], str | None]:
    """A page of entries, and the cursor of the next one; None on the last.

    The caller has made sure that `actor` may see the customer. Raises `InvalidInputError` for an
    unknown kind or cursor.
    """
    unknown = sorted(set(wanted) - set(_labels))
    if unknown:
        raise InvalidInputError(
            f"没有名为 {unknown[0][:50]} 的类型，可选：{'、'.join(sorted(_labels))}", attr="kind"
        )
    place = _decoded(cursor) if cursor else None
    entries: list[Entry] = []
    for source in _sources.values():
        if wanted and source.kind not in wanted:
            continue
        before = place.seen_by(source) if place else None
        entries += [
            Entry(source.kind, Place(item.at, source.name, item.pk), item)
            for item in source.fetch(customer_id, before, size + 1, actor)
        ]
    entries.sort(key=_order, reverse=True)
    page = entries[:size]
    return page, _encoded(page[-1].place) if len(entries) > size else None


def _order(entry: Entry) -> tuple[datetime, str, int]:
    return entry.place.at, entry.place.source, entry.place.pk


def _encoded(place: Place) -> str:
    text = f"{place.at.astimezone(UTC).isoformat()}|{place.source}|{place.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> Place:
    try:
        if len(cursor) > MAX_CURSOR:
            raise ValueError
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        moment, source, number = text.split("|")
        at = datetime.fromisoformat(moment)
        pk = int(number) if number.isdigit() else -1
        if at.tzinfo is None or not 1970 <= at.year <= 2200 or not 0 < pk < 2**63:
            raise ValueError
    except (binascii.Error, ValueError):
        raise InvalidInputError("不是有效的游标", attr="cursor") from None
    return Place(at, source, pk)


def register_own_sources() -> None:
    """What this room itself knows; called from `CustomersConfig.ready()`."""
    from customers.queries import timeline_sources as own

    register_source("history", own.history, label="动态")
    register_source("follow_up", own.follow_ups, label="跟进")
    register_source("project", own.projects, label="项目", page="customers_project")
    page = "customers_customergroup"
    register_source("group", own.group_joins, label="客户群", name="group_join", page=page)
    register_source("group", own.group_leaves, label="客户群", name="group_leave", page=page)
