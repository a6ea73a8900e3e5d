"""Tickets and chats on the admin's first page, and beside its navigation."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from config.admin_look import badges
from config.dashboard import cards
from config.dashboard.cards import Card, Content, Figure, Line, Link, Tone
from customers.actors import Actor, Entry, actor_for
from tickets.chat.visibility import chats_visible_to
from tickets.models import Chat, ChatStatus, Ticket
from tickets.presence.queries import present_users
from tickets.queries.tickets import tickets_overdue
from tickets.states import OPEN, TicketStatus
from tickets.visibility import tickets_visible_to

SHOWN = 5
LIST, CHATS = "admin:tickets_ticket_changelist", "admin:tickets_chat_changelist"


def register() -> None:
    cards.register(
        Card("tickets", "工单", "confirmation_number", "tickets.view_ticket", 10, _tickets)
    )
    cards.register(Card("chats", "在线客服", "support_agent", "tickets.view_ticket", 20, _chats))
    badges.register("tickets_overdue", lambda user: _capped(_overdue(_actor(user))))
    badges.register("chats_waiting", lambda user: _capped(_waiting(_actor(user))))
    cards.register_link(Link("工作台", "headset_mic", "console"))
    cards.register_link(Link("会话统计", "monitoring", "console-chat-statistics"))


def _actor(user: Any) -> Actor:
    return actor_for(user, Entry.ADMIN)


def _tickets(user: Any) -> Content:
    actor, now = _actor(user), timezone.now()
    late, mine = Q(deadline__lt=now), Q(assignee=user)
    counts = (
        tickets_visible_to(actor)
        .filter(status__in=OPEN)
        .aggregate(
            open=Count("id"),
            late=Count("id", filter=late),
            mine=Count("id", filter=mine),
            mine_late=Count("id", filter=mine & late),
            nobodys=Count("id", filter=Q(status=TicketStatus.PENDING)),
        )
    )
    address = reverse(LIST)
    worst = _overdue(actor).select_related("customer").order_by("deadline")[:SHOWN]
    return Content(
        figures=(
            _figure("我的待办", counts["mine"], f"{address}?assignee=me"),
            _figure("我的超时", counts["mine_late"], f"{address}?assignee=me&overdue=1", Tone.BAD),
            _figure("未完成", counts["open"], address),
            _figure("已超时", counts["late"], f"{address}?overdue=1", Tone.BAD),
            _figure("待分配", counts["nobodys"], f"{address}?status__exact=pending", Tone.WARN),
        ),
        lines=[_ticket_line(ticket, now) for ticket in worst],
        empty="没有超时的工单",
        more=f"{address}?overdue=1",
        scope="全部" if actor.sees_all else "我能看到的",
    )


def _chats(user: Any) -> Content:
    actor, now = _actor(user), timezone.now()
    may_open = user.has_perm("tickets.view_chat")
    waiting = _waiting(actor)
    found = waiting.order_by().aggregate(count=Count("id"), oldest=Min("queued_at"))
    active = chats_visible_to(actor).filter(status=ChatStatus.ACTIVE).count()
    longest = _since(found["oldest"], now) if found["oldest"] else "—"
    oldest = waiting.select_related("customer").order_by("queued_at", "id")[:SHOWN]
    return Content(
        figures=(
            _figure("等待中", found["count"], "", Tone.WARN),
            Figure("最久等待", longest, "", Tone.BAD if found["oldest"] else Tone.PLAIN),
            _figure("接待中", active),
            _figure("在线客服", present_users(now).count(), "", Tone.GOOD),
        ),
        lines=[_chat_line(chat, now, may_open) for chat in oldest],
        empty="没有客户在等待",
        more=f"{reverse(CHATS)}?status__exact={ChatStatus.QUEUED}" if may_open else "",
        scope="全部" if actor.sees_all else "我能看到的",
    )


def _figure(label: str, count: int, href: str = "", tone: Tone = Tone.PLAIN) -> Figure:
    """The colour is for what is there: nothing of it is plain."""
    return Figure(label, str(count), href, tone if count else Tone.PLAIN)


def _ticket_line(ticket: Ticket, now: datetime) -> Line:
    return Line(
        f"#{ticket.pk} {ticket.title} · {ticket.customer.name}",
        f"超时 {_since(ticket.deadline, now)}",
        reverse("admin:tickets_ticket_change", args=[ticket.pk]),
        Tone.BAD,
    )


def _chat_line(chat: Chat, now: datetime, may_open: bool) -> Line:
    address = reverse("admin:tickets_chat_change", args=[chat.pk]) if may_open else ""
    return Line(chat.customer.name, f"已等 {_since(chat.queued_at, now)}", address, Tone.WARN)


def _since(moment: datetime, now: datetime) -> str:
    minutes = max(int((now - moment).total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} 分钟"
    hours = minutes // 60
    return f"{hours} 小时" if hours < 48 else f"{hours // 24} 天"


def _overdue(actor: Actor) -> QuerySet[Ticket]:
    return tickets_overdue(tickets_visible_to(actor), overdue=True)


def _waiting(actor: Actor) -> QuerySet[Chat]:
    return chats_visible_to(actor).filter(status=ChatStatus.QUEUED)


def _capped(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: badges.MOST + 1].count()
