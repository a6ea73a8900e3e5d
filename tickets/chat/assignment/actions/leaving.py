"""Colleagues who are gone: their chats move on, as far as a customer waits in them."""

from django.db import transaction
from django.utils import timezone

from config.errors import NotFoundError
from config.logs import get_logger
from config.runtime import store
from customers.actors import Actor, system_actor
from tickets.chat.assignment.actions.giving import chat_pass_on
from tickets.chat.assignment.actions.unattended import keep_words
from tickets.chat.assignment.candidates import gone_of
from tickets.chat.assignment.rules import OFFLINE
from tickets.chat.trail import lock_chat
from tickets.models import AssignmentTrigger, Chat, ChatStatus

logger = get_logger(__name__)

MOVED_AT_ONCE = 200


def leave_offline() -> int:
    """Moves on what colleagues who are offline have in hand while its customer waits.

    Where nobody waits the chat stays, until the customer writes (`ensure_attended`). Returns how
    many moved.
    """
    if not store.get(OFFLINE)["hand_on"]:
        return 0
    attended = Chat.objects.filter(status=ChatStatus.ACTIVE, waiting_since__isnull=False)
    holders = set(attended.order_by().values_list("agent", flat=True).distinct())
    gone = gone_of([pk for pk in holders if pk is not None], timezone.now())
    left = attended.filter(agent__in=gone).order_by("waiting_since", "pk")
    return sum(_move(pk) for pk in list(left.values_list("pk", flat=True)[:MOVED_AT_ONCE]))


def ensure_attended(chat: Chat, actor: Actor) -> None:
    """For a locked chat whose customer has just written: somebody will read it.

    An agent who is gone loses it to the next; where nobody is on, the words become a ticket. Saves
    the chat when anything changes.
    """
    if store.get(OFFLINE)["hand_on"] and _is_left(chat):
        _hand_on(chat, actor)
    keep_words(chat, actor)


def _hand_on(chat: Chat, actor: Actor) -> None:
    assert chat.agent is not None
    chat_pass_on(
        chat=chat,
        trigger=AssignmentTrigger.OFFLINE,
        actor=actor,
        reason=f"{chat.agent.display_name} 已离线",
    )


def _is_left(chat: Chat) -> bool:
    if chat.status != ChatStatus.ACTIVE or chat.agent_id is None:
        return False
    return bool(gone_of([chat.agent_id], timezone.now()))


def _move(chat_id: int) -> bool:
    """Looked at again with the chat held: they may be back, or have answered."""
    actor = system_actor()
    try:
        with transaction.atomic():
            chat = lock_chat(chat_id, actor)
            if chat.waiting_since is None or not _is_left(chat):
                return False
            _hand_on(chat, actor)
            return True
    except NotFoundError:
        return False
    except Exception:
        # The others' customers wait as well.
        logger.exception("chat_left_behind", chat=chat_id)
        return False
