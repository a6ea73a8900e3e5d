"""Working a stored callback: once, in one transaction with everything it causes."""

import traceback

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from config.database.locks import transaction_lock
from config.events.publish import enqueue
from config.logs import get_logger
from customers.actors import actor_for
from customers.queries.staff import staff_by_wecom_user_id
from messaging.actions.keywords import keyword_push
from messaging.models import ChannelType
from wechat import chat_entry
from wechat.callbacks import hearers
from wechat.callbacks.inbound import Inbound, inbound_of
from wechat.callbacks.storing import WORK_QUEUE, WORK_TASK
from wechat.commands.conversation import is_open
from wechat.commands.grammar import parse
from wechat.commands.handlers import run_command
from wechat.commands.meaning import IncompleteTicket, Misunderstood
from wechat.commands.replies import send_reply
from wechat.models import Callback, CallbackStatus
from wechat.sync.events import event_apply

logger = get_logger(__name__)

MAX_ATTEMPTS = 3
# How long a request that must answer the platform waits for somebody else's lock.
LOCK_MILLISECONDS = 1000


class _TooEarly(Exception):
    """Something said before it in the same conversation has not been worked yet."""


def work(callback_id: int, *, answer_by: float | None = None) -> None:
    """Acts on the callback unless that was done. A failure leaves nothing half done.

    The command, its messages, their tasks and the mark "done" commit together, so a worker may die
    anywhere and the repetition acts once. After three failures it is set aside for an operator.
    What is said in one conversation is worked in its order. `answer_by`: see `hearers`; a lock that
    somebody else holds is then no reason to wait, nor a failure.
    """
    counted = Callback.objects.filter(
        pk=callback_id, status=CallbackStatus.RECEIVED, attempts__lt=MAX_ATTEMPTS
    ).update(attempts=F("attempts") + 1)
    if not counted:
        return
    try:
        with transaction.atomic():
            if answer_by is not None:
                _wait_little()
            _work_locked(callback_id, answer_by)
    except _TooEarly:
        # Whoever works the earlier one starts this one again; waiting is no attempt.
        _forget_attempt(callback_id)
    except Exception as error:
        if answer_by is not None and isinstance(error, OperationalError):
            logger.info("callback_left_to_a_worker", callback_id=callback_id)
            _forget_attempt(callback_id)
            return
        # One poison callback must not stop the others; its traceback is the operator's to read.
        logger.exception("callback_failed", callback_id=callback_id)
        _remember_failure(callback_id, traceback.format_exc())


def _wait_little() -> None:
    """SQLite's transactions run one after the other: there is nothing to wait for inside one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")


def _forget_attempt(callback_id: int) -> None:
    Callback.objects.filter(pk=callback_id).update(attempts=F("attempts") - 1)


def _work_locked(callback_id: int, answer_by: float | None) -> None:
    rows = Callback.objects.filter(pk=callback_id, status=CallbackStatus.RECEIVED)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    callback = rows.first()
    if callback is None:
        return
    # Held until we commit: nobody looks for earlier ones while we are about to finish one. One that
    # broke holds nobody up.
    transaction_lock(f"conversation:{callback.source}:{callback.conversation}")
    if callback.conversation and _same_conversation(callback).filter(pk__lt=callback.pk, error=""):
        raise _TooEarly
    reply = _act(callback, answer_by)
    callback.reply = reply or ""
    callback.status = CallbackStatus.IGNORED if reply is None else CallbackStatus.DONE
    callback.finished_at = timezone.now()
    callback.save(update_fields=["status", "reply", "passive_reply", "finished_at"])
    following = _same_conversation(callback).filter(pk__gt=callback.pk).order_by("pk").first()
    if callback.conversation and following is not None:
        enqueue(WORK_TASK, [[following.pk]], queue=WORK_QUEUE)


def _act(callback: Callback, answer_by: float | None) -> str | None:
    """What was answered, or done about an event; None where there is nothing to do."""
    if (hear := hearers.hearer_of(callback.source)) is not None:
        return hear(callback, answer_by)
    if (heard := chat_entry.hear(callback)) is not None:
        return heard
    inbound = inbound_of(callback)
    if inbound is not None:
        return _answer_or_push(inbound)
    return event_apply(callback.event, callback.payload) if callback.event else None


def _answer_or_push(inbound: Inbound) -> str:
    """What a keyword sets off (seed 002), else the command's answer.

    Where a template answers, "I do not understand" beside it would only confuse; but what may answer
    a question of ours is no keyword.
    """
    addresses = {ChannelType.WORK_WECHAT.value: inbound.user_id}
    if inbound.chat_id:
        addresses[ChannelType.GROUP_BOT.value] = inbound.chat_id
    command = parse(inbound.text, bot_name=settings.AIBOT_NAME, quoted=inbound.quoted)
    is_unknown = isinstance(command, Misunderstood) and not isinstance(command, IncompleteTicket)
    if is_unknown and not _is_asked(inbound):
        pushed = keyword_push(text=inbound.text, addresses=addresses)
        if pushed:
            return "关键词推送：" + "、".join(message.message_id for message in pushed)
    reply = answer(inbound)
    send_reply(inbound, reply)
    return reply


def _same_conversation(callback: Callback) -> QuerySet[Callback]:
    """What still waits of the same conversation."""
    return Callback.objects.filter(
        source=callback.source,
        conversation=callback.conversation,
        status=CallbackStatus.RECEIVED,
    )


def answer(inbound: Inbound) -> str:
    """What we say to it, after doing it. Strangers are told how to become known."""
    user = staff_by_wecom_user_id(inbound.user_id)
    if user is None:
        return "您的企业微信账号还没有登记为本系统的员工，请联系管理员在「员工与账号」中添加。"
    return run_command(
        inbound.text,
        actor=actor_for(user, inbound.entry, chat_id=inbound.chat_id),
        quoted=inbound.quoted,
        bot_name=settings.AIBOT_NAME,
        source_id=inbound.source_id,
    ).text


def _is_asked(inbound: Inbound) -> bool:
    """Whether we have asked this member something here."""
    user = staff_by_wecom_user_id(inbound.user_id)
    return user is not None and is_open(actor_for(user, inbound.entry, chat_id=inbound.chat_id))


def _remember_failure(callback_id: int, error: str) -> None:
    Callback.objects.filter(pk=callback_id).update(error=error)
    Callback.objects.filter(
        pk=callback_id, status=CallbackStatus.RECEIVED, attempts__gte=MAX_ATTEMPTS
    ).update(status=CallbackStatus.FAILED, finished_at=timezone.now())
