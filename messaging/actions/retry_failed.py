"""Failed messages that may well arrive now: sent anew once, when operators have switched it on.

Only what a provider's passing trouble ended (its last attempt was a `retry`): nothing permanent, and
nothing whose outcome is unknown. The sweep does not do this: it moves what is still open.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from config.database import clock
from config.errors import ConflictError
from config.logs import get_logger
from config.runtime import store
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from messaging.actions.batches import message_resend
from messaging.channels.base import Outcome
from messaging.models import Message, MessageAttempt, MessageStatus
from messaging.phone_codes.masking import code_templates
from messaging.sending import followed

logger = get_logger(__name__)

SETTING = "message.retry_failed"
# The mark of a message that was sent anew: it is not a second time.
REQUEUED = "requeued"
# A provider that is still in trouble would only refuse them again.
LEAST_AGE = timedelta(minutes=10)


def register() -> None:
    register_setting(
        SETTING,
        {"enabled": False, "max_age_hours": 24, "limit": 500},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "enabled": {"type": "boolean"},
                "max_age_hours": integer(1, 168),
                "limit": integer(1, 5000),
            },
        },
        "每小时自动重发一次因平台暂时故障而失败的消息：是否启用、只限多少小时内的、每次最多几条",
        titles={
            "enabled": "启用",
            "max_age_hours": "只限多少小时内的",
            "limit": "每次最多几条",
        },
    )


def failed_retry() -> int:
    """Queues them anew, the oldest first; returns how many."""
    wanted = store.get(SETTING)
    if not wanted["enabled"]:
        return 0
    done = 0
    for message in retriable(timedelta(hours=wanted["max_age_hours"]))[: wanted["limit"]]:
        try:
            _send_anew(message)
            done += 1
        except ConflictError:
            # Somebody has sent it again by hand meanwhile.
            continue
    if done:
        logger.info("failed_messages_requeued", count=done)
    return done


def retriable(max_age: timedelta) -> QuerySet[Message]:
    """Failed within `max_age` by passing trouble alone, and not sent anew before; oldest first."""
    now = clock.now()
    attempts = MessageAttempt.objects.filter(message=OuterRef("pk"))
    rows = Message.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        # Its last attempt, not an earlier one: a receipt that says "undelivered" is no passing trouble.
        Exists(attempts.filter(number=OuterRef("attempts"), outcome=Outcome.RETRY)),
        ~Exists(attempts.filter(outcome=REQUEUED)),
        status=MessageStatus.FAILED,
        created_at__gt=now - max_age,
        finished_at__lt=now - LEAST_AGE,
    )
    # Erased since, cancelled since, or a code that is good no more.
    rows = rows.exclude(recipient="").exclude(batch__is_cancelled=True)
    codes = code_templates()
    if codes:
        rows = rows.exclude(template__isnull=False, template__in=codes)
    for mark in followed.marks():
        # Whoever follows it has been told that it failed, and has gone on.
        rows = rows.exclude(dedupe_key__isnull=False, dedupe_key__startswith=mark)
    return rows.order_by("created_at", "pk")


def _send_anew(message: Message) -> None:
    MessageAttempt.objects.create(
        message=message,
        number=message.attempts,
        outcome=REQUEUED,
        code="auto_retry",
        detail="自动重发一次",
        duration_ms=0,
    )
    message_resend(message_pk=message.pk)
