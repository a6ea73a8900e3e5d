"""What became of the messages that left: told by `messaging`, or found by the net.

`sent` says that the platform accepted it. Delivered and read are said only where the entry can
know them. A refusal for the budget is no failure: the message waits for the customer.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from config.errors import NotFoundError
from config.logs import get_logger
from customers.actors import system_actor
from messaging.models import Message, MessageStatus
from messaging.models.message import ARRIVED, FINAL
from tickets.chat import budget
from tickets.chat.entries import outgoing, registry
from tickets.chat.messages.writing import wait_anew
from tickets.chat.trail import lock_chat, save
from tickets.models import RANK, Chat, ChatMessage, ChatMessageStatus, Sender

logger = get_logger(__name__)

SETTLED_AT_ONCE = 200
_UNKNOWN = "平台没有答复，可能已经送达，请向客户确认后再重发"
_CANCELLED = "已被取消，没有发送"
_REACHED = {
    MessageStatus.DELIVERED: ChatMessageStatus.DELIVERED,
    MessageStatus.READ: ChatMessageStatus.READ,
}


def carriers_settle(*, carriers: Collection[int]) -> int:
    """Takes over how those messages of `messaging` ended; returns how many chats were looked at."""
    rows = ChatMessage.objects.filter(carrier__in=carriers).order_by("chat")
    return _settle_each(rows.values_list("chat", flat=True).distinct())


def settle_overdue() -> int:
    """The net: chats with an outcome that nobody told, or with a message that nobody carries on."""
    sending = ChatMessage.objects.filter(status=ChatMessageStatus.SENDING).exclude(
        sender=Sender.CUSTOMER
    )
    carried = sending.filter(chat=OuterRef("chat"), carrier__isnull=False)
    lost = Q(carrier__status__in=FINAL) | Q(carrier=None) & ~Exists(carried)
    chats = sending.filter(lost).order_by("chat").values_list("chat", flat=True).distinct()
    return _settle_each(chats[:SETTLED_AT_ONCE])


def _settle_each(chat_ids: Collection[int]) -> int:
    done = 0
    for chat_id in list(chat_ids):
        try:
            chat_settle(chat_id=chat_id)
            done += 1
        except NotFoundError:
            continue
        except Exception:
            # The others' messages wait as well.
            logger.exception("chat_results_failed", chat=chat_id)
    return done


@transaction.atomic
def chat_settle(*, chat_id: int) -> None:
    """Writes down how a chat's messages ended, and sends on what waited for that."""
    chat = lock_chat(chat_id, system_actor())
    before = budget.state(chat)
    moved = [message for message in _carried(chat) if _settle(chat, message)]
    for message in moved:
        message.save()
    outgoing.tell_moved(chat, moved)
    waited_since = chat.waiting_since
    if moved and (waited_since or ChatMessageStatus.FAILED in {one.status for one in moved}):
        wait_anew(chat, timezone.now())
    after = budget.state(chat)
    outgoing.pump(chat)
    if budget.state(chat) == after != before:
        outgoing.tell_budget(chat, before)
    if (budget.state(chat), chat.waiting_since) != (before, waited_since):
        save(chat)


def _carried(chat: Chat) -> list[ChatMessage]:
    """What is under way, and what a later receipt may still change."""
    changed_since = Q(status=ChatMessageStatus.SENT) & (
        Q(carrier__status=MessageStatus.FAILED)
        | Q(carrier__status__in=_REACHED, entry__in=registry.reading_codes())
    )
    doubted = Q(status=ChatMessageStatus.FAILED, carrier__status__in=ARRIVED)
    rows = chat.messages.filter(
        Q(status=ChatMessageStatus.SENDING) | changed_since | doubted, carrier__isnull=False
    )
    return list(rows.select_related("carrier").order_by("number"))


def _settle(chat: Chat, message: ChatMessage) -> bool:
    """Whether the carrier's state changed the message's."""
    carrier = message.carrier
    if carrier is None or carrier.status not in FINAL:
        return False
    was = message.status
    if carrier.status in ARRIVED:
        _arrived(message, carrier)
    elif carrier.status == MessageStatus.EXPIRED:
        _give_back(chat, message)
        _put_back(message)
    elif carrier.status == MessageStatus.UNCERTAIN:
        _failed(message, _UNKNOWN)
    elif carrier.error_code in _spent_codes(message.entry) and was == ChatMessageStatus.SENDING:
        _refused(chat, message, carrier)
    else:
        if was == ChatMessageStatus.SENDING:
            _give_back(chat, message)
        cancelled = carrier.status == MessageStatus.CANCELLED
        _failed(message, _CANCELLED if cancelled else reason_of(carrier))
    return message.status != was


def _arrived(message: ChatMessage, carrier: Message) -> None:
    knows = message.entry in registry.reading_codes()
    state = _REACHED.get(MessageStatus(carrier.status)) if knows else None
    reached = state or ChatMessageStatus.SENT
    if RANK[reached] > RANK[ChatMessageStatus(message.status)]:
        message.status = reached
    message.error = ""
    message.sent_at = message.sent_at or carrier.sent_at
    if knows:
        message.delivered_at = message.delivered_at or carrier.delivered_at


def _refused(chat: Chat, message: ChatMessage, carrier: Message) -> None:
    """The platform counts otherwise than we do. Unless the customer has written since, it is right."""
    written_since = (
        chat.last_customer_at is not None
        and carrier.finished_at is not None
        and chat.last_customer_at > carrier.finished_at
    )
    logger.warning("chat_budget_refused", chat=chat.pk, code=carrier.error_code)
    if written_since:
        _give_back(chat, message)
    elif message.entry == chat.entry:
        budget.spent(chat)
        outgoing.hold_waiting(chat)
    _put_back(message)


def _give_back(chat: Chat, message: ChatMessage) -> None:
    """Of a customer who writes elsewhere by now it had no place in the budget there."""
    if message.entry == chat.entry:
        budget.give_back(chat)


def _put_back(message: ChatMessage) -> None:
    message.status, message.carrier = ChatMessageStatus.HELD, None


def _failed(message: ChatMessage, why: str) -> None:
    message.status, message.error = ChatMessageStatus.FAILED, why[:200]


def reason_of(carrier: Message) -> str:
    """Why it failed, for the agent: a channel's own sentence, else what kind of trouble it was."""
    detail = carrier.error_detail
    if any("\u4e00" <= character <= "\u9fff" for character in detail):
        return detail
    return f"发送失败（{carrier.error_code or '原因不明'}）"


def _spent_codes(entry: str) -> frozenset[str]:
    return registry.get(entry).spent_codes if entry in registry.codes() else frozenset()
