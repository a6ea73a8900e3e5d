"""The send budget: how much a platform still takes for a customer, and until when.

It lives on the locked chat (`window_ends_at`, `sends_left`). A customer's act opens it; each message
on its way has taken its place in it. It never promises more than the platform gives: what is
still under way when a window opens counts in the new one, and windows end a little early here.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from messaging.models import Message, MessageStatus
from messaging.models.message import WAITING
from tickets.chat.entries import registry
from tickets.chat.entries.base import Act
from tickets.models import Chat, ChatMessage, ChatMessageStatus, Sender, Visibility

# How messages are marked that are said to a customer outside any chat, and that the platform counts.
SAID = "said:"
# A message that is accepted now reaches the platform a moment later.
MARGIN = timedelta(seconds=5)
# How far the platform's clock, which tells whole seconds, may be from ours.
SKEW = timedelta(seconds=1)
# Nobody's message is under way for longer.
LOOKED_BACK = timedelta(days=3)


def is_limited(chat: Chat) -> bool:
    """Whether the chat's entry counts what is sent."""
    return bool(registry.get(chat.entry).budgets)


def is_open(chat: Chat, now: datetime) -> bool:
    return chat.window_ends_at is not None and now < chat.window_ends_at


def opened(chat: Chat, act: Act, at: datetime) -> None:
    """The customer did something at `at`, by the platform's clock; the caller saves the chat.

    A lesser act opens a window only where the present one is over, spent, or ends sooner.
    """
    rule = registry.get(chat.entry).budgets.get(act)
    if rule is None:
        return
    ends_at = at + rule.window - MARGIN
    if chat.sends_left and chat.window_ends_at is not None and ends_at < chat.window_ends_at:
        return
    if act is Act.MESSAGE and chat.window_ends_at is not None and ends_at < chat.window_ends_at:
        # Told late: a later message has opened the window already.
        return
    chat.window_ends_at = ends_at
    chat.sends_left = max(0, rule.sends - _under_way(chat, at))


def reserve(chat: Chat, now: datetime) -> bool:
    """A place for one more message; False when the window is over or its messages are spent."""
    if not is_limited(chat):
        return True
    if not is_open(chat, now) or not chat.sends_left:
        return False
    chat.sends_left -= 1
    return True


def give_back(chat: Chat, places: int = 1) -> None:
    """Messages that had their places did certainly not reach the platform."""
    if chat.sends_left is not None:
        chat.sends_left += places


def spent(chat: Chat) -> None:
    """The platform itself says that nothing more may be sent."""
    chat.sends_left = 0


def state(chat: Chat) -> tuple[datetime | None, int | None]:
    """To see whether it has changed."""
    return chat.window_ends_at, chat.sends_left


def _under_way(chat: Chat, at: datetime) -> int:
    """Messages that the platform may count in a window that opens at `at`: two queries."""
    return _said_in_chats(chat, at) + _said_beside(chat, at)


def _said_in_chats(chat: Chat, at: datetime) -> int:
    since = at - SKEW
    maybe = Q(carrier__status=MessageStatus.UNCERTAIN, carrier__finished_at__gte=since)
    return (
        ChatMessage.objects.filter(
            Q(chat=chat) | Q(chat__last_message_at__gte=since - LOOKED_BACK),
            chat__customer=chat.customer_id,
            entry=chat.entry,
            visibility=Visibility.PUBLIC,
            created_at__gte=since - LOOKED_BACK,
        )
        .exclude(sender=Sender.CUSTOMER)
        .filter(
            Q(status=ChatMessageStatus.SENDING)
            | Q(status=ChatMessageStatus.FAILED) & maybe
            | Q(sent_at__gte=since, carrier__isnull=False)
        )
        .count()
    )


def _said_beside(chat: Chat, at: datetime) -> int:
    """What was said outside any chat: the assistant's words."""
    since = at - SKEW
    return Message.objects.filter(
        Q(status__in=[*WAITING, MessageStatus.SENDING])
        | Q(status=MessageStatus.UNCERTAIN, finished_at__gte=since)
        | Q(sent_at__gte=since),
        recipient=chat.address,
        channel=registry.get(chat.entry).channel,
        dedupe_key__startswith=SAID,
        created_at__gte=since - LOOKED_BACK,
    ).count()
