"""What happened to a ticket since somebody looked: each change with its old and new values.

An event keeps the old values (`TicketEvent.before`); the new ones are the old ones of whatever
changed the field next, or the ticket's present ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.models import Project, User
from tickets.models import CHANGING, Priority, Ticket, TicketEvent
from tickets.snapshot import CLOCKWORK, MOMENTS, SNAPSHOT, plain
from tickets.states import TicketStatus

Pair = tuple[Any, Any]

# What people call the fields; the others follow from these and are not told.
LABELS = {
    "title": "标题",
    "description": "问题描述",
    "product": "产品/项目",
    "priority": "优先级",
    "status": "状态",
    "progress": "进度",
    "assignee_id": "负责人",
    "project_id": "项目",
    "deadline": "处理期限",
    "merged_into_id": "已合并到",
    "custom_fields": "自定义字段",
}
_API_NAMES = {"assignee_id": "assigned_to", "merged_into_id": "merged_into"}
_WORDS = 30


@dataclass(frozen=True)
class Change:
    """One event with the fields that it changed, by the ticket's own field names."""

    event: TicketEvent
    fields: dict[str, Pair]


def changes_since(ticket: Ticket, version: int) -> list[Change]:
    """What changed `ticket` after `version`, oldest first; notes and reminders are no changes."""
    walked = [change for change in _back_to(ticket, version) if change.event.kind in CHANGING]
    return walked[::-1]


def change_of(ticket: Ticket, event: TicketEvent) -> Change:
    """What this one event changed, whatever came after it."""
    return list(_back_to(ticket, event.sequence - 1))[-1]


def values_at(ticket: Ticket, version: int) -> dict[str, Any]:
    """The fields that differ from what they were at `version`, as they were; times are aware."""
    now, then = _present(ticket), {}
    for event in ticket.events.filter(sequence__gt=version).order_by("-sequence"):
        then.update({name: value for name, value in event.before.items() if name in now})
    return {
        name: parse_datetime(value) if name in MOMENTS and value else value
        for name, value in then.items()
        if value != now[name]
    }


def net_fields(changes: list[Change]) -> dict[str, Pair]:
    """From the first old to the last new value of each field; what came back is left out."""
    net: dict[str, Pair] = {}
    for change in changes:
        for name, (old, new) in change.fields.items():
            net[name] = (net[name][0] if name in net else old, new)
    return {name: (old, new) for name, (old, new) in net.items() if old != new}


def in_words(fields: dict[str, Pair]) -> str:
    """「状态 已分配 → 已解决，进度 0% → 100%」; long texts are only named."""
    told = [name for name in LABELS if name in fields]
    names = _names(fields)
    return "，".join(_sentence(name, *fields[name], names) for name in told)


def as_data(changes: list[Change]) -> list[dict[str, Any]]:
    """The changes as JSON; colleagues are named by their WeCom user ids, as everywhere."""
    people: set[int] = set()
    for change in changes:
        people |= {pk for pk in change.fields.get("assignee_id", ()) if pk}
    accounts = {
        user.pk: user.wecom_user_id or user.username for user in User.objects.filter(pk__in=people)
    }
    return [
        {
            "sequence": change.event.sequence,
            "kind": change.event.kind,
            "actor_name": change.event.actor_name,
            "entry": change.event.entry,
            "created_at": timezone.localtime(change.event.created_at).isoformat(),
            "fields": {
                _API_NAMES.get(name, name): [accounts.get(value, "") for value in pair]
                if name == "assignee_id"
                else list(pair)
                for name, pair in change.fields.items()
            },
        }
        for change in changes
    ]


def _back_to(ticket: Ticket, version: int) -> Iterator[Change]:
    """Every event after `version`, newest first, each with what it changed."""
    state = _present(ticket)
    for event in ticket.events.filter(sequence__gt=version).order_by("-sequence"):
        old = {name: value for name, value in event.before.items() if name in state}
        yield Change(event, {name: (value, state[name]) for name, value in old.items()})
        state |= old


def _present(ticket: Ticket) -> dict[str, Any]:
    return {name: plain(getattr(ticket, name)) for name in SNAPSHOT if name not in CLOCKWORK}


def _names(fields: dict[str, Pair]) -> dict[str, dict[Any, str]]:
    people = [pk for pk in fields.get("assignee_id", ()) if pk]
    projects = [pk for pk in fields.get("project_id", ()) if pk]
    return {
        "assignee_id": {user.pk: user.display_name for user in User.objects.filter(pk__in=people)}
        if people
        else {},
        "project_id": dict(Project.objects.filter(pk__in=projects).values_list("pk", "name"))
        if projects
        else {},
    }


def _sentence(name: str, old: Any, new: Any, names: dict[str, dict[Any, str]]) -> str:
    if name in ("description", "custom_fields"):
        return f"{LABELS[name]} 有改动"
    shown = [_shown(name, value, names) for value in (old, new)]
    return f"{LABELS[name]} {shown[0]} → {shown[1]}"


def _shown(name: str, value: Any, names: dict[str, dict[Any, str]]) -> str:
    if value in (None, ""):
        return "无"
    match name:
        case "assignee_id" | "project_id":
            text = names[name].get(value, f"#{value}")
        case "status":
            text = str(dict(TicketStatus.choices).get(value, value))
        case "priority":
            text = str(dict(Priority.choices).get(value, value))
        case "progress":
            text = f"{value}%"
        case "merged_into_id":
            text = f"#{value}"
        case "deadline":
            text = _moment(value)
        case _:
            text = str(value)
    return text if len(text) <= _WORDS else f"{text[:_WORDS]}…"


def _moment(value: str | datetime) -> str:
    moment = parse_datetime(value) if isinstance(value, str) else value
    return f"{timezone.localtime(moment):%m-%d %H:%M}" if moment else "无"
