"""Results, and what must not be lost with the worker that wrote them down, in one transaction.

A worker may die at any moment (guarantees.md 3): between "sent" and the number by which its receipt
will ask for it, or between "failed" and the channel that takes over, nobody would ever come back.
"""

import uuid
from collections.abc import Sequence

from django.db import transaction

from config.logs import get_logger
from messaging.channels import registry
from messaging.channels.base import Outcome
from messaging.sending import fallback, references
from messaging.sending.results import After, Finished, flush

logger = get_logger(__name__)


def write_down(token: uuid.UUID, finished: Sequence[Finished]) -> list[After]:
    """As `results.flush`."""
    if not any(_has_consequences(item) for item in finished):
        # One statement, which needs no transaction around it: nearly all waves are so.
        return flush(token, finished)
    with transaction.atomic():
        rows = flush(token, finished)
        references.keep(rows)
        _take_over(rows)
    return rows


def _has_consequences(item: Finished) -> bool:
    result = item.result
    if result.outcome is not Outcome.SENT:
        return item.row.has_fallback
    if not result.provider_message_id:
        return False
    return bool(result.change_code) or registry.get(item.row.channel).has_receipts


def _take_over(rows: Sequence[After]) -> None:
    """What cannot go on over another channel has failed, and takes nobody's result with it."""
    try:
        with transaction.atomic():
            fallback.take_over(rows)
    except Exception:
        logger.exception("fallback_failed", messages=[row.finished.row.message_id for row in rows])
