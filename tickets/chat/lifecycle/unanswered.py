"""A customer waits and their agent does not answer: the chat goes to the next who is free."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings

from config.events.publish import publish
from config.runtime import store
from customers.actions.history import order_key
from customers.actors import system_actor
from messaging.markup import as_text
from messaging.staff_alerts.registry import Alert
from tickets.chat import clock, trail
from tickets.chat.assignment.actions import chat_pass_on
from tickets.chat.assignment.actions.giving import ask_for
from tickets.chat.assignment.candidates import candidates
from tickets.chat.assignment.choice import choose
from tickets.chat.messages.writing import notice
from tickets.models import AssignmentTrigger, Chat
from tickets.queries.supervisors import supervisors_of_colleague

MOVES = "chat.unanswered_alert_moves"
EVENT = "chat.unanswered"


def pass_on_unanswered(chat: Chat, now: datetime) -> None:
    """For a locked chat past its reply deadline; saves it.

    With nobody else free it stays where it is, with a new deadline, and supervisors are told; so
    are they when it has been passed on `chat.unanswered_alert_moves` times in one wait.
    """
    former = chat.agent
    if chat.waiting_since is None or former is None:
        chat.reply_due_at = None
        trail.save(chat)
        return
    team = candidates(now, is_locked=True, holder=former.pk)
    if choose(team, ask_for(chat, now, holder=former.pk)).best is None:
        chat.reply_due_at = clock.reply_due(now)
        notice(
            chat, f"客户在等待，{former.display_name} 没有应答；暂无其他空闲客服", is_internal=True
        )
        trail.save(chat)
        _tell_supervisors(chat, former.pk, moves=0)
        return
    chat_pass_on(
        chat=chat,
        trigger=AssignmentTrigger.UNANSWERED,
        actor=system_actor(),
        reason=f"{former.display_name} 超时未应答",
    )
    taker = chat.agent.display_name if chat.agent else "队列"
    notice(chat, f"{former.display_name} 超时未应答，会话转给 {taker}", is_internal=True)
    trail.save(chat)
    moves = _moves_of(chat)
    if moves >= store.get_int(MOVES):
        _tell_supervisors(chat, former.pk, moves=moves)


def unanswered_alert(data: dict[str, Any]) -> Iterator[Alert]:
    """Once a wait for each supervisor, unless the chat has been answered since."""
    chat = Chat.objects.filter(pk=data["chat_id"]).select_related("customer", "agent").first()
    if chat is None or chat.waiting_since is None or not chat.is_open:
        return
    moves = data["moves"]
    what = f"已转手 {moves} 次仍无人应答" if moves else "超时未应答，且没有其他空闲客服"
    lines = [
        f"⏰ **在线会话{what}**",
        f"会话：{chat.pk}",
        f"客户：{as_text(chat.customer.name)}",
        f"客服：{as_text(chat.agent.display_name) if chat.agent else '排队中'}",
        f"[查看会话]({settings.APP_DOMAIN}/console/?chat={chat.pk})",
    ]
    since = int(chat.waiting_since.timestamp())
    for user in supervisors_of_colleague(data["former_id"]):
        key = f"chat:{chat.pk}:unanswered:{since}:{'moved' if moves else 'stuck'}:{user.pk}"
        yield Alert(user, "\n".join(lines), key)


def _moves_of(chat: Chat) -> int:
    moved = chat.assignments.filter(
        trigger=AssignmentTrigger.UNANSWERED, created_at__gte=chat.waiting_since
    )
    return moved.filter(taken_from__isnull=False).count()


def _tell_supervisors(chat: Chat, former_id: int, *, moves: int) -> None:
    publish(
        EVENT,
        {"chat_id": chat.pk, "former_id": former_id, "moves": moves},
        key=order_key(chat.customer_id),
    )
