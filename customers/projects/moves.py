"""Moving a project through its stages and to its end, by the table alone."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError
from customers.actions.history import record as record_history
from customers.actors import Actor
from customers.models import CustomerEventKind, Project, ProjectStatus, Stage
from customers.projects import stages
from customers.projects.trail import ProjectEventKind, lock_project, record, require_team

REASON_LENGTH = 200


@transaction.atomic
def project_move(
    *,
    project_id: int,
    actor: Actor,
    stage: str = "",
    status: str = "",
    reason: str = "",
    version: int | None = None,
) -> Project:
    """To another `stage` (sold: `won_at`; delivered: `delivered_at`) or `status` (`closed_at`).

    Exactly one of the two is given. Raises `InvalidInputError` when a reason is missing,
    `NotAllowedError` for a step back by others than administrators, `NotFoundError`,
    `ConflictError` naming the present state and the ways out.
    """
    require_team(actor)
    if bool(stage) == bool(status):
        raise InvalidInputError("stage 与 status 须给出其中一个", code="required", attr="stage")
    reason = reason.strip()
    if len(reason) > REASON_LENGTH:
        raise InvalidInputError(f"原因不能超过 {REASON_LENGTH} 个字", attr="reason")
    project = lock_project(project_id, actor, version=version)
    if stage:
        _to_stage(project, stage, actor, reason)
    else:
        _to_status(project, status, actor, reason)
    return project


def _to_stage(project: Project, target: str, actor: Actor, reason: str) -> None:
    if target not in Stage:
        raise InvalidInputError(f"没有名为 {target} 的阶段", attr="stage")
    before = project.stage
    back = stages.is_back(before, target)
    if project.status != ProjectStatus.OPEN or not (back or stages.is_forward(before, target)):
        raise _refusal(project, Stage(target).label, "stage")
    if back and not actor.sees_all:
        raise NotAllowedError("只有管理员可以把项目退回上一阶段")
    if back and not reason:
        raise InvalidInputError("退回上一阶段必须说明原因", code="required", attr="reason")
    project.stage = target
    now = timezone.now()
    if target == Stage.PRESALE:
        project.won_at = None
    elif target == Stage.INSALE:
        project.won_at = project.won_at if back else now
        project.delivered_at = None
    else:
        project.delivered_at = now
    _record(project, actor, ProjectEventKind.STAGE, reason, before_stage=before)


def _to_status(project: Project, target: str, actor: Actor, reason: str) -> None:
    if target not in ProjectStatus:
        raise InvalidInputError(f"没有名为 {target} 的状态", attr="status")
    before = project.status
    if not stages.may_become(project.stage, before, target):
        raise _refusal(project, ProjectStatus(target).label, "status")
    if target == ProjectStatus.LOST and not reason:
        raise InvalidInputError("丢单必须说明原因", code="required", attr="reason")
    project.status = target
    project.closed_at = None if target == ProjectStatus.OPEN else timezone.now()
    project.lost_reason = reason if target == ProjectStatus.LOST else ""
    _record(project, actor, ProjectEventKind.STATUS, reason, before_status=before)


def _record(
    project: Project,
    actor: Actor,
    kind: ProjectEventKind,
    reason: str,
    *,
    before_stage: str = "",
    before_status: str = "",
) -> None:
    changes: dict[str, tuple[Any, Any]] = (
        {"stage": (before_stage, project.stage)}
        if before_stage
        else {"status": (before_status, project.status)}
    )
    record(
        project,
        actor,
        kind,
        content=reason,
        changes=changes,
        from_stage=before_stage or project.stage,
    )
    label = project.get_stage_display() if before_stage else project.get_status_display()
    record_history(
        project.customer,
        actor,
        CustomerEventKind.PROJECT,
        content=f"项目「{project.name}」：{label}" + (f"（{reason}）" if reason else ""),
    )


def _refusal(project: Project, target: str, attr: str) -> ConflictError:
    stage = f"{project.get_stage_display()}（{project.stage}）"
    status = f"{project.get_status_display()}（{project.status}）"
    return ConflictError(
        f"项目 {project.pk} 当前为{stage}、{status}，不能变更为{target}；"
        f"可变更为：{stages.ways_out(project.stage, project.status)}",
        code="illegal_transition",
        attr=attr,
    )
