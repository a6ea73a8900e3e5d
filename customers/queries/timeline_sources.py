"""The customers' room's own part of the timeline."""

from django.utils import timezone

from customers.actors import Actor, Entry
from customers.models import (
    CustomerEvent,
    CustomerEventKind,
    FollowUp,
    GroupMember,
    ProjectEvent,
)
from customers.projects.trail import ProjectEventKind
from customers.queries.timeline import Before, Item, newest
from customers.visibility import events_visible_to, follow_ups_visible_to

ENTRIES = dict(Entry.choices)
PROJECT_KINDS = dict(ProjectEventKind.choices)


def history(customer_id: int, before: Before | None, limit: int, actor: Actor) -> list[Item]:
    # What happened to a project is told by the project's own events.
    rows = (
        events_visible_to(actor)
        .filter(customer_id=customer_id)
        .exclude(kind=CustomerEventKind.PROJECT)
    )
    return [_event(row) for row in newest(rows, before, limit)]


def _event(row: CustomerEvent) -> Item:
    return Item(
        pk=row.pk,
        at=row.created_at,
        title=row.get_kind_display(),
        content=row.content,
        actor=row.actor_name,
        entry=entry_name(row.entry),
        data={"event": row.kind, "changes": row.changes},
    )


def follow_ups(customer_id: int, before: Before | None, limit: int, actor: Actor) -> list[Item]:
    rows = follow_ups_visible_to(actor).filter(customer_id=customer_id)
    return [_follow_up(row) for row in newest(rows, before, limit)]


def _follow_up(row: FollowUp) -> Item:
    next_at = timezone.localtime(row.next_at).isoformat() if row.next_at else None
    return Item(
        pk=row.pk,
        at=row.created_at,
        title=f"跟进 · {row.get_kind_display()}",
        content=row.content,
        actor=row.author_name,
        ref_type="follow_up",
        ref_id=row.pk,
        data={"next_at": next_at, "is_done": row.done_at is not None},
    )


def projects(customer_id: int, before: Before | None, limit: int, actor: Actor) -> list[Item]:
    """Whoever sees the customer sees the projects."""
    rows = ProjectEvent.objects.filter(project__customer_id=customer_id).select_related("project")
    return [_project_event(row) for row in newest(rows, before, limit)]


def _project_event(row: ProjectEvent) -> Item:
    return Item(
        pk=row.pk,
        at=row.created_at,
        title=f"项目「{row.project.name}」· {PROJECT_KINDS.get(row.kind, row.kind)}",
        content=row.content,
        actor=row.actor_name,
        entry=entry_name(row.entry),
        ref_type="project",
        ref_id=row.project_id,
        data={"event": row.kind, "changes": row.changes},
    )


def group_joins(customer_id: int, before: Before | None, limit: int, actor: Actor) -> list[Item]:
    rows = GroupMember.objects.filter(customer_id=customer_id).select_related("group")
    found = newest(rows, before, limit, time_field="joined_at")
    return [_stay(row, "加入客户群") for row in found]


def group_leaves(customer_id: int, before: Before | None, limit: int, actor: Actor) -> list[Item]:
    rows = GroupMember.objects.filter(customer_id=customer_id, left_at__isnull=False)
    found = newest(rows.select_related("group"), before, limit, time_field="left_at")
    return [_stay(row, "退出客户群", has_left=True) for row in found]


def _stay(row: GroupMember, title: str, *, has_left: bool = False) -> Item:
    at = row.left_at if has_left and row.left_at else row.joined_at
    return Item(
        pk=row.pk,
        at=at,
        title=f"{title}「{row.group}」",
        ref_type="group",
        ref_id=row.group_id,
    )


def entry_name(entry: str) -> str:
    return str(ENTRIES.get(entry, entry))
