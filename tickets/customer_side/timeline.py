"""A ticket as its customer reads it: where it stands, and what was said."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from customers.actors import Entry, customer_actor
from tickets import states
from tickets.models import EventKind, Ticket, TicketAttachment, TicketEvent, Visibility
from tickets.relations.attachments import attachments_of
from tickets.states import TicketStatus
from tickets.uploads.types import RASTER_TYPES

S = TicketStatus
STEPS = ("提交", "受理", "处理", "解决")
_STEP = {
    S.PENDING: 0,
    S.ASSIGNED: 1,
    S.PROCESSING: 2,
    S.ESCALATED: 2,
    S.RESOLVED: 4,
    S.CLOSED: 4,
    S.CANCELLED: -1,
}
SAYINGS = {
    S.PENDING: "我们已收到您的问题，正在安排工程师",
    S.ASSIGNED: "工程师已接到您的问题",
    S.PROCESSING: "工程师正在处理",
    S.ESCALATED: "已升级，由更高级别的工程师处理",
    S.RESOLVED: "问题已解决，请您确认并评价",
    S.CLOSED: "工单已关闭，感谢您的反馈",
    S.CANCELLED: "工单已取消",
}


@dataclass(frozen=True)
class File:
    pk: int
    name: str
    size: int
    is_picture: bool


@dataclass
class Line:
    """A bubble (`who` speaks) or, without `who`, a line of what happened."""

    at: datetime
    text: str
    who: str = ""
    is_mine: bool = False
    happened: str = ""
    files: list[File] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    name: str
    state: str  # done | now | next


def steps(ticket: Ticket) -> list[Step]:
    """The line of steps; empty for a cancelled ticket."""
    reached = _STEP[S(ticket.status)]
    if reached < 0:
        return []
    return [
        Step(name, "done" if place < reached else "now" if place == reached else "next")
        for place, name in enumerate(STEPS)
    ]


def saying(ticket: Ticket, *, is_rated: bool) -> str:
    if ticket.is_open and ticket.waiting_since is not None:
        return "等待您的回复，请在下方补充信息"
    if ticket.status == S.RESOLVED and is_rated:
        return "问题已解决，感谢您的评价"
    return SAYINGS[S(ticket.status)]


def entries(ticket: Ticket) -> list[Line]:
    """What is public, oldest first; files stand with the words that they came with."""
    events = ticket.events.filter(visibility=Visibility.PUBLIC).order_by("sequence")
    files = _files(ticket)
    found = [_entry(event, files.pop(event.pk, [])) for event in events]
    loose = [file for of_event in files.values() for file in of_event]
    shown = [entry for entry in found if entry.text or entry.happened or entry.files]
    if loose and shown:
        shown[0].files += loose
    return _joined(shown)


def _entry(event: TicketEvent, files: list[File]) -> Line:
    happened = _happened(event)
    speaks = event.kind in (EventKind.CREATED, EventKind.REPLY, EventKind.ATTACHED) or (
        event.kind in (EventKind.STATUS, EventKind.WAITING, EventKind.RATED) and event.content
    )
    mine = event.is_from_customer
    # Tickets that colleagues wrote down are the customer's problem all the same.
    if event.kind == EventKind.CREATED:
        mine, speaks = True, True
    return Line(
        at=event.created_at,
        text=event.content,
        who=("我" if mine else event.actor_name) if speaks else "",
        is_mine=mine,
        happened=happened,
        files=files,
    )


def _happened(event: TicketEvent) -> str:
    """What the event says by itself, without anybody's words."""
    if event.kind == EventKind.STATUS:
        return _moved(event)
    said = {
        EventKind.CREATED: "工单已提交",
        EventKind.PROGRESS: f"处理进度 {event.to_value}",
        EventKind.RATED: f"您的评价：{event.to_value} 星",
        EventKind.WAITING: "等待您补充信息",
        EventKind.MERGED: f"工单已合并到 {event.to_value}",
        EventKind.REPLY: "",
        EventKind.ATTACHED: "",
    }
    kind = EventKind(event.kind)
    return said.get(kind, str(kind.label))


def _moved(event: TicketEvent) -> str:
    if event.is_from_customer:
        return "工单已重新打开"
    return f"状态变更为「{states.label(event.to_value)}」" if event.to_value in S else "状态更新"


def _files(ticket: Ticket) -> dict[int | None, list[File]]:
    found: dict[int | None, list[File]] = defaultdict(list)
    for row in attachments_of(ticket, customer_actor(ticket.customer, Entry.WEB)):
        found[row.event_id].append(_file(row))
    return found


def _file(row: TicketAttachment) -> File:
    return File(row.pk, row.name, row.size, row.content_type in RASTER_TYPES)


def _joined(shown: list[Line]) -> list[Line]:
    """Files sent right after words, by the same person, stand with these words."""
    joined: list[Line] = []
    for entry in shown:
        last = joined[-1] if joined else None
        only_files = not entry.text and not entry.happened
        if last and only_files and last.who == entry.who and _soon(last.at, entry.at):
            last.files += entry.files
        else:
            joined.append(entry)
    return joined


def _soon(before: datetime, after: datetime) -> bool:
    return (after - before).total_seconds() < 60
