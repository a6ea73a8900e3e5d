"""Messages whose worker died with them in hand: each interruption is kept, the second is the last.

A worker dies of its machine, of a deployment, or of a message. The first death takes a whole wave
with it, so what it held is sent one by one (messaging/sending/work.py); whoever then dies again with
a single message has shown which one it is (guarantees.md 9).
"""

from collections.abc import Sequence

from django.db import transaction

from config.logs import get_logger
from messaging.models import MessageAttempt
from messaging.sending.claim import Claimed

logger = get_logger(__name__)

OUTCOME, CODE = "interrupted", "worker_lost"
DETAIL = "发送进程中断，没有结果"
SET_ASIDE = "发送进程多次中断，未能确认结果"
MOST = 2


@transaction.atomic
def deadly(rows: Sequence[Claimed]) -> frozenset[int]:
    """Keeps that each row's last attempt was cut short; those whose last two were."""
    MessageAttempt.objects.bulk_create(
        MessageAttempt(
            message_id=row.pk,
            number=row.attempts - 1,
            outcome=OUTCOME,
            code=CODE,
            detail=DETAIL,
            duration_ms=0,
        )
        for row in rows
    )
    found = frozenset(row.pk for row in rows if _died_again(row.pk))
    if found:
        logger.error("messages_kill_workers", messages=sorted(found))
    return found


def _died_again(pk: int) -> bool:
    """Whether its last attempts were all cut short; being sent anew by a person begins after others."""
    latest = MessageAttempt.objects.filter(message_id=pk).order_by("-id")
    outcomes = latest.values_list("outcome", flat=True)[:MOST]
    return list(outcomes) == [OUTCOME] * MOST
