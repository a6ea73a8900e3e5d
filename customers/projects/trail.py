"""Locking a project, and the event that every change leaves behind."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models

from config.errors import ConflictError, NotAllowedError, NotFoundError
from customers.actions.history import announce
from customers.actors import Actor
from customers.models import Project, ProjectEvent, User
from customers.visibility import projects_visible_to


class ProjectEventKind(models.TextChoices):
    CREATED = "created", "创建"
    EDITED = "edited", "修改"
    STAGE = "stage", "阶段变更"
    STATUS = "status", "状态变更"
    ENGINEER = "engineer", "指定工程师"
    NOTE = "note", "备注"


LABELS = {
    "name": "名称",
    "stage": "阶段",
    "status": "状态",
    "owner": "负责人",
    "engineer": "工程师",
    "progress": "进度",
    "amount": "金额",
    "products": "产品",
    "product": "主要产品",
    "description": "说明",
    "expected_at": "预计成交",
}
_TYPES = {
    ProjectEventKind.CREATED: "project.created",
    ProjectEventKind.STAGE: "project.stage_changed",
}


def require_team(actor: Actor) -> None:
    if not actor.is_team:
        raise NotAllowedError("只有员工可以处理项目")


def lock_project(project_id: int, actor: Actor, *, version: int | None = None) -> Project:
    """The project, held until the transaction ends, with its customer, owner and engineer.

    Raises `NotFoundError` outside the actor's view, and `ConflictError` naming what others changed
    when `version` is given and is not the present one.
    """
    visible = projects_visible_to(actor).filter(pk=project_id)
    if connection.vendor == "postgresql":
        visible = visible.select_for_update(of=("self",), no_key=True)
    project = visible.select_related("customer", "owner", "engineer").first()
    if project is None:
        raise NotFoundError(f"没有项目 {project_id}")
    if version is not None and version != project.version:
        raise ConflictError(
            f"项目 {project_id} 已被修改（当前版本 {project.version}，"
            f"已变：{_changed_since(project, version)}），请刷新后再试",
            code="version_conflict",
            attr="version",
        )
    return project


def _changed_since(project: Project, version: int) -> str:
    """The fields that were changed after `version`, by their Chinese names."""
    names: dict[str, None] = {}
    later = project.events.filter(sequence__gt=version).order_by("sequence")
    for changes in later.values_list("changes", flat=True):
        names.update(dict.fromkeys(changes))
    return "、".join(LABELS.get(name, name) for name in names) or "备注"


def record(
    project: Project,
    actor: Actor,
    kind: ProjectEventKind,
    *,
    content: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **data: Any,
) -> ProjectEvent:
    """Writes the project's next event, saves it with its new version, and announces it."""
    project.version += 1
    project.save()
    event = ProjectEvent.objects.create(
        project=project,
        sequence=project.version,
        kind=kind,
        content=content,
        changes={name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()},
        actor=actor.user,
        actor_name=actor.name,
        entry=actor.entry,
    )
    announce(
        _TYPES.get(kind, "project.updated"),
        project.customer,
        actor,
        project_id=project.pk,
        stage=project.stage,
        status=project.status,
        version=project.version,
        fields=sorted(changes or {}),
        **data,
    )
    return event


def _plain(value: Any) -> Any:
    """As JSON keeps it and people read it."""
    if isinstance(value, User):
        return value.display_name
    if isinstance(value, Decimal | datetime | date):
        return str(value)
    return value
