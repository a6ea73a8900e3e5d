"""Doing a task."""

from django.db import connection, transaction
from django.utils import timezone

from config.errors import ConflictError, NotFoundError
from customers.actions.follow_ups import follow_up_create
from customers.actions.history import changed_later, require_team
from customers.actors import Actor
from customers.models import FollowUpKind, FollowUpTask, TaskStatus
from customers.visibility import tasks_visible_to


@transaction.atomic
def follow_up_task_done(
    *, task_id: int, actor: Actor, note: str = "", kind: FollowUpKind = FollowUpKind.TASK
) -> FollowUpTask:
    """Done, with what came of it as a follow-up of the customer; done twice changes nothing.

    Raises `NotFoundError` for other people's tasks, `ConflictError` for a cancelled one.
    """
    require_team(actor)
    visible = tasks_visible_to(actor).filter(pk=task_id)
    if connection.vendor == "postgresql":
        visible = visible.select_for_update(of=("self",), no_key=True)
    task = visible.select_related("customer", "owner", "enrollment__plan").first()
    if task is None:
        raise NotFoundError(f"没有任务 {task_id}")
    if task.status == TaskStatus.DONE:
        return task
    if task.status == TaskStatus.CANCELLED:
        raise ConflictError(
            "任务已取消（cancelled），不能完成", code="illegal_transition", attr="status"
        )
    task.status, task.done_at = TaskStatus.DONE, timezone.now()
    task.save(update_fields=["status", "done_at"])
    if note.strip():
        follow_up_create(
            customer_id=task.customer_id,
            content=f"{task.title}：{note.strip()}",
            kind=kind,
            actor=actor,
        )
    changed_later(task.customer_id)
    return task
