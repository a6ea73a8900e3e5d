"""What is in the database, row by row, and what one request made of it."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from customers.models import Customer, FollowUpTask, Project, Segment
from tickets.models import (
    CannedReply,
    Chat,
    ChatFile,
    ChatMessage,
    ChecklistItem,
    SavedView,
    Ticket,
    TicketAttachment,
)

ROOMS = ("config", "customers", "messaging", "tickets", "wechat", "monitoring", "auth", "admin")
_WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?')
# The models of the world's kinds that belong to somebody.
KINDS: Mapping[str, type[Model]] = {
    "customer": Customer,
    "ticket": Ticket,
    "chat": Chat,
    "project": Project,
    "segment": Segment,
    "attachment": TicketAttachment,
    "chat_file": ChatFile,
    "chat_message": ChatMessage,
    "checklist_item": ChecklistItem,
    "canned_reply": CannedReply,
    "ticket_view": SavedView,
    "task": FollowUpTask,
}
Row = Mapping[str, Any]
Rows = Mapping[tuple[type[Model], Any], Row]


def models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in ROOMS and model._meta.managed and not model._meta.proxy:
            yield model


@contextmanager
def written_tables() -> Iterator[set[str]]:
    """The names of the tables that any statement in the block may have written to."""
    names: set[str] = set()

    def note(execute: Any, sql: Any, *rest: Any) -> Any:
        names.update(_WRITES.findall(str(sql)))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield names


def rows(tables: Collection[str] | None = None) -> Rows:
    """All rows of our tables, or of those."""
    found: dict[tuple[type[Model], Any], Row] = {}
    for model in models():
        if tables is not None and model._meta.db_table not in tables:
            continue
        key = model._meta.pk.attname
        for row in model._base_manager.values():
            found[model, row[key]] = row
    return found


@dataclass(frozen=True)
class Change:
    """What became of the rows; `written` holds, model by model, the fields that were set."""

    added: list[tuple[type[Model], Row]] = field(default_factory=list)
    changed: list[tuple[type[Model], Any, Row]] = field(default_factory=list)
    gone: list[tuple[type[Model], Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)

    @property
    def models(self) -> list[type[Model]]:
        named = {model for model, _ in self.added} | {model for model, _, _ in self.changed}
        return sorted(named, key=lambda model: model._meta.label)

    def written(self) -> list[tuple[str, Row]]:
        """Each written row's fields, in an order that two runs of one request share."""
        new = [(f"new {model._meta.label}", row) for model, row in self.added]
        old = [(f"{model._meta.label} {key}", row) for model, key, row in self.changed]
        return new + sorted(old, key=lambda one: one[0])


def difference(before: Rows, after: Rows, tables: Collection[str]) -> Change:
    """What differs in those tables."""
    change = Change()
    for (model, key), row in after.items():
        was = before.get((model, key))
        if was is None:
            change.added.append((model, row))
        elif was != row:
            set_to = {name: value for name, value in row.items() if was[name] != value}
            change.changed.append((model, key, set_to))
    change.gone.extend(
        key for key in before if key not in after and key[0]._meta.db_table in tables
    )
    order = {model: place for place, model in enumerate(models())}
    change.added.sort(key=lambda one: (order[one[0]], one[1][one[0]._meta.pk.attname]))
    return change
