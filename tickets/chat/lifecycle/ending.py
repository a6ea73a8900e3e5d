"""How a chat ends, whoever ends it: the slot, the record, what is said, and who is next."""

from django.utils import timezone

from config.events.publish import enqueue
from customers.actors import Actor
from tickets.chat import trail
from tickets.chat.messages.writing import message_write
from tickets.chat.slots import slot_release
from tickets.models import Chat, ChatEventKind, ChatStatus, EndedBy, Sender

ASSIGN_WAITING = "tickets.tasks.chat.assignment.assign_waiting_chats"
RATE = "，欢迎评价本次服务"


def end(chat: Chat, *, actor: Actor, by: EndedBy, reason: str = "", is_said: bool = True) -> None:
    """Ends a locked chat and saves it; what it held goes to whoever waits longest, after commit.

    Unless `is_said`, nobody is left to read that it is over.

    Raises `ConflictError` naming the state when it has ended already.
    """
    trail.require_open(chat)
    before = chat.status
    held_by = chat.agent_id if before == ChatStatus.ACTIVE else None
    if held_by is not None:
        slot_release(held_by)
    # Told while it is open: what leaves through a platform still leaves from an open chat.
    if is_said:
        message_write(
            chat,
            sender=Sender.SYSTEM,
            sender_name="系统",
            content=words(chat, by),
            data={"ended_by": by.value, "rate": is_rateable(chat)},
        )
    chat.status, chat.ended_at = ChatStatus.ENDED, timezone.now()
    chat.ended_by, chat.end_reason = by, reason.strip()[:200]
    chat.reply_due_at = None
    trail.save(chat)
    trail.record(
        chat,
        actor,
        ChatEventKind.ENDED,
        from_value=before,
        to_value=by.value,
        note=chat.end_reason,
    )
    trail.tell(chat, "chat.ended")
    if held_by is not None:
        enqueue(ASSIGN_WAITING, [[]], queue="chat")


def is_rateable(chat: Chat) -> bool:
    """Somebody has answered: there is something to rate."""
    return chat.first_replied_at is not None


def words(chat: Chat, by: EndedBy) -> str:
    """What both sides read."""
    rate = RATE if is_rateable(chat) and chat.rating_score is None else ""
    match by:
        case EndedBy.CUSTOMER:
            return f"客户已结束会话{rate}"
        case EndedBy.AGENT:
            return f"客服已结束会话{rate}"
        case EndedBy.IDLE:
            return f"由于长时间没有收到回复，会话已自动结束{rate}。您可以随时重新联系我们"
        case EndedBy.ABANDONED:
            return "客户已取消排队"
        case EndedBy.UNATTENDED:
            return "暂时没有客服在线，您的留言已记录，我们会尽快联系您"
        case EndedBy.SYSTEM | EndedBy.ASSISTANT:
            return "会话已结束"
