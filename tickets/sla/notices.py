"""Who is warned of a ticket's step, and in which words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeGuard

from django.utils import timezone

from config.logs import get_logger
from customers.models import User
from messaging.markup import as_text
from messaging.sending.accept import messages_accept
from messaging.staff_alerts.message import to_member
from tickets.customer_side.links import ticket_url
from tickets.group.speaking import EVERYBODY, say_in_group
from tickets.models import SlaTarget, Ticket
from tickets.queries.supervisors import supervisors_of
from tickets.sla.promises import DUE_PERCENT, Promise
from tickets.sla.rules import ASSIGNEE, GROUP, SUPERVISOR, TELL, Rung
from tickets.working_time.clock import PLAIN

logger = get_logger(__name__)

Steps = Sequence[tuple[Promise, Rung]]

# Message priorities 0–10 (contract.md §2).
WARNING_PRIORITY, BREACH_PRIORITY = 8, 9
TITLE_LENGTH = 80
WHAT = {SlaTarget.RESPONSE: "首次响应", SlaTarget.RESOLUTION: "解决"}


def tell(ticket: Ticket, steps: Steps, now: datetime) -> list[str]:
    """Accepts one message for each of those whom the steps name; returns who they are.

    The group is told in the place of an assignee whom there is not, or whom WeCom does not know;
    the supervisors in the place of a group that no robot speaks in.
    """
    if not steps:
        return []
    wanted = {name for _, rung in steps for name in rung.tell}
    priority = BREACH_PRIORITY if _is_breach(steps) else WARNING_PRIORITY
    people: list[User] = []
    if ASSIGNEE in wanted:
        if _is_reachable(ticket.assignee):
            people.append(ticket.assignee)
        else:
            wanted.add(GROUP)
    told: list[str] = []
    if GROUP in wanted:
        if _tell_group(ticket, steps, now, priority):
            told.append(TELL[GROUP])
        else:
            wanted.add(SUPERVISOR)
    if SUPERVISOR in wanted:
        people += [user for user in supervisors_of(ticket) if _is_reachable(user)]
    people = list({user.pk: user for user in people}.values())
    _tell_people(ticket, people, steps, now, priority)
    told += [user.display_name for user in people]
    if not told:
        logger.warning("sla_nobody_to_tell", ticket=ticket.pk)
    return told


def _is_reachable(user: User | None) -> TypeGuard[User]:
    return user is not None and user.is_team_member and bool(user.wecom_user_id)


def _tell_group(ticket: Ticket, steps: Steps, now: datetime, priority: int) -> bool:
    mentioned = ticket.assignee.wecom_user_id if _is_reachable(ticket.assignee) else None
    said = say_in_group(
        ticket,
        content="\n".join(_lines(ticket, steps, now)),
        mentions=[mentioned or EVERYBODY],
        priority=priority,
    )
    return said is not None


def _tell_people(
    ticket: Ticket, people: Sequence[User], steps: Steps, now: datetime, priority: int
) -> None:
    title, *lines = _lines(ticket, steps, now)
    text = "\n".join([f"**{title}**", *lines, f"[查看工单]({ticket_url(ticket)})"])
    messages_accept(
        [
            to_member(
                user.wecom_user_id or "", text, priority=priority, customer_id=ticket.customer_id
            )
            for user in people
        ]
    )


def _lines(ticket: Ticket, steps: Steps, now: datetime) -> list[str]:
    """The title, and what there is to know; the worst target leads."""
    ordered = sorted(steps, key=lambda step: -step[1].percent)
    promise, rung = ordered[0]
    customer = as_text(ticket.customer.name)
    if ticket.customer.company:
        customer += f"（{as_text(ticket.customer.company)[:40]}）"
    due = [_due_line(promise, now) for promise, _ in ordered]
    return [
        f"#{ticket.pk} {_headline(promise, rung)}",
        f"客户：{customer}",
        f"问题：{as_text(ticket.title)[:TITLE_LENGTH]}",
        *due,
        f"负责人：{as_text(ticket.assigned_to_name) or '待分配'}",
        f"优先级：{ticket.get_priority_display()}｜状态：{ticket.get_status_display()}",
        _advice(ticket, promise),
    ]


def _headline(promise: Promise, rung: Rung) -> str:
    what = WHAT[promise.target]
    if rung.percent < DUE_PERCENT:
        return f"⏰ {what}时限已用 {rung.percent}%"
    over = f"（已用 {rung.percent}%）" if rung.percent > DUE_PERCENT else ""
    return f"🚨 {what}已超时{over}"


def _due_line(promise: Promise, now: datetime) -> str:
    due = timezone.localtime(promise.due_at)
    return f"{WHAT[promise.target]}期限：{due:%Y-%m-%d %H:%M}，{_left(promise, now)}"


def _left(promise: Promise, now: datetime) -> str:
    """`还剩 1 小时 12 分（工作时间）`; what is over is plain time: the customer's."""
    if promise.due_at <= now:
        over = now - promise.due_at
        return f"已超 {words_of(over)}" if over >= timedelta(minutes=1) else "刚刚到期"
    left = words_of(promise.time.between(now, promise.due_at))
    return f"还剩 {left}" + ("" if promise.time is PLAIN else "（工作时间）")


def _advice(ticket: Ticket, promise: Promise) -> str:
    if ticket.assignee is None:
        return f"还没有负责人：回复“#{ticket.pk} 分配给@同事”来指定"
    if promise.target == SlaTarget.RESPONSE:
        return f"请尽快回复客户；回复“#{ticket.pk} 已处理”表示已着手"
    return f"回复“#{ticket.pk} 已解决”可关闭工单"


def _is_breach(steps: Steps) -> bool:
    return any(rung.percent >= DUE_PERCENT for _, rung in steps)


def words_of(span: timedelta) -> str:
    """`26 小时 5 分`: hours, for a day is not the same by every clock."""
    hours, minutes = divmod(round(span.total_seconds()) // 60, 60)
    if not hours:
        return f"{minutes} 分钟"
    return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
