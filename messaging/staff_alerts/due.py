"""Follow-ups and tasks that are due: one digest for an owner and a moment."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.models import Customer, FollowUp, FollowUpTask, TaskStatus, User
from messaging.markup import as_text
from messaging.staff_alerts.registry import Alert

SHOWN = 15
WORDS = 40


def due_alert(data: dict[str, Any]) -> Alert | None:
    """All that the same scan found for the same owner, and that is still to be done."""
    owner = User.objects.filter(pk=data["owner_user_id"]).first()
    if owner is None:
        return None
    reminded_at = datetime.fromisoformat(data["reminded_at"])
    lines = _lines(owner, reminded_at)
    if not lines:
        return None
    shown = [f"{number}. {line}" for number, line in enumerate(lines[:SHOWN], 1)]
    if len(lines) > SHOWN:
        shown.append(f"另有 {len(lines) - SHOWN} 项，请在后台查看")
    at = timezone.localtime(reminded_at)
    title = f"⏰ **{len(lines)} 项跟进到期**（{at:%m-%d %H:%M}）"
    return Alert(owner, "\n".join([title, *shown]), f"due:{owner.pk}:{data['reminded_at']}")


def _lines(owner: User, reminded_at: datetime) -> list[str]:
    same = {"owner": owner, "reminded_at": reminded_at}
    tasks = FollowUpTask.objects.filter(**same, status=TaskStatus.OPEN).order_by("due_at", "id")
    follow_ups = FollowUp.objects.filter(**same, done_at__isnull=True).order_by("next_at", "id")
    lines = [
        f"{_who(task.customer)}：任务「{as_text(task.title)}」"
        for task in tasks.select_related("customer")
    ]
    lines += [
        f"{_who(follow_up.customer)}：该再联系了（上次：{as_text(follow_up.content)[:WORDS]}）"
        for follow_up in follow_ups.select_related("customer")
    ]
    return lines


def _who(customer: Customer) -> str:
    company = f"（{as_text(customer.company)[:WORDS]}）" if customer.company else ""
    return f"{as_text(customer.name)}{company}"
