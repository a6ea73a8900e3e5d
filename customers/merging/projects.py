"""Projects go along, each with a line in its own history."""

from collections.abc import Collection

from django.db import connection
from django.db.models import F
from django.utils import timezone

from config.events.publish import publish_many
from customers.actions.history import about, order_key
from customers.actors import Actor
from customers.models import Customer, Project, ProjectEvent
from customers.projects.trail import ProjectEventKind


def hold_projects(customer_ids: Collection[int]) -> None:
    rows = Project.objects.filter(customer__in=customer_ids).order_by("pk")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    list(rows.values_list("pk", flat=True))


def move_projects(keep: Customer, gone: Customer, actor: Actor) -> int:
    projects = list(Project.objects.filter(customer=gone).order_by("pk"))
    if not projects:
        return 0
    ids = [project.pk for project in projects]
    Project.objects.filter(pk__in=ids).update(
        customer=keep, version=F("version") + 1, updated_at=timezone.now()
    )
    ProjectEvent.objects.bulk_create(
        ProjectEvent(
            project=project,
            sequence=project.version + 1,
            kind=ProjectEventKind.NOTE,
            content=f"客户资料合并：{gone.name}（{gone.pk}）→ {keep.name}（{keep.pk}）",
            actor=actor.user,
            actor_name=actor.name,
            entry=actor.entry,
        )
        for project in projects
    )
    publish_many(
        "project.updated",
        [
            {
                **about(keep, actor),
                "project_id": project.pk,
                "stage": project.stage,
                "status": project.status,
                "version": project.version + 1,
                "fields": ["customer"],
            }
            for project in projects
        ],
        keys=[order_key(keep.pk)],
    )
    return len(ids)
