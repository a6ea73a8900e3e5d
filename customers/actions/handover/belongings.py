"""What the customers' room itself hands over with a customer: follow-ups, tasks, projects."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from customers.actions.handover.movers import register_mover
from customers.actors import Actor
from customers.models import (
    FollowUp,
    FollowUpTask,
    Project,
    ProjectStatus,
    TaskStatus,
    User,
)
from customers.projects.trail import ProjectEventKind, record


def register() -> None:
    """Called from `CustomersConfig.ready()`."""
    register_mover("follow_ups", _move_follow_ups, rows=_follow_ups, label="跟进")
    register_mover("tasks", _move_tasks, rows=_tasks, label="任务")
    register_mover("projects", _move_projects, rows=_projects, label="项目")


def _follow_ups(customer_ids: Collection[int], user: User) -> QuerySet[FollowUp]:
    """Those whose turn is still to come."""
    return FollowUp.objects.filter(
        customer_id__in=customer_ids, owner=user, next_at__isnull=False, done_at__isnull=True
    )


def _move_follow_ups(
    customer_ids: Collection[int], from_user: User, to_user: User, actor: Actor
) -> dict[int, int]:
    return _give(_follow_ups(customer_ids, from_user), to_user)


def _tasks(customer_ids: Collection[int], user: User) -> QuerySet[FollowUpTask]:
    return FollowUpTask.objects.filter(
        customer_id__in=customer_ids, owner=user, status=TaskStatus.OPEN
    )


def _move_tasks(
    customer_ids: Collection[int], from_user: User, to_user: User, actor: Actor
) -> dict[int, int]:
    return _give(_tasks(customer_ids, from_user), to_user)


def _give(rows: QuerySet[Any], to_user: User) -> dict[int, int]:
    """The new owner is reminded anew."""
    found = list(rows.values_list("pk", "customer_id"))
    rows.model.objects.filter(pk__in=[pk for pk, _ in found]).update(
        owner=to_user, reminded_at=None
    )
    return dict(Counter(customer_id for _, customer_id in found))


def _projects(customer_ids: Collection[int], user: User) -> QuerySet[Project]:
    return Project.objects.filter(
        Q(owner=user) | Q(engineer=user),
        customer_id__in=customer_ids,
        status=ProjectStatus.OPEN,
    )


def _move_projects(
    customer_ids: Collection[int], from_user: User, to_user: User, actor: Actor
) -> dict[int, int]:
    """Owner, engineer, or both: whatever the one was, the other is now."""
    projects = _projects(customer_ids, from_user).select_related("customer", "owner", "engineer")
    moved: Counter[int] = Counter()
    for project in projects.order_by("pk"):
        changes: dict[str, tuple[User, User]] = {}
        if project.owner_id == from_user.pk:
            project.owner = to_user
            changes["owner"] = (from_user, to_user)
        if project.engineer_id == from_user.pk:
            project.engineer = to_user
            changes["engineer"] = (from_user, to_user)
        record(project, actor, ProjectEventKind.EDITED, content="随客户移交", changes=changes)
        moved[project.customer_id] += 1
    return dict(moved)
