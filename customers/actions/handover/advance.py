"""One step of a running case: results read, what waits moved or submitted, the next look set.

Any number of workers may step at once: items are claimed row by row, and the clock of the case only
keeps them from doing so in vain.
"""

import time
from datetime import datetime, timedelta

from django.db.models import Q

from config.database import clock
from config.logs import get_logger
from config.runtime import store
from customers.actions.handover import transport
from customers.actions.handover.judge import OPEN_CASES
from customers.actions.handover.poll import poll_customers, poll_groups
from customers.actions.handover.report import finish_if_done
from customers.actions.handover.results import case_actor
from customers.actions.handover.start import move_local
from customers.actions.handover.submit import (
    LEASE,
    pass_unfit,
    pending_all,
    submit_customers,
    submit_groups,
)
from customers.actions.handover.transport import TransportError
from customers.models import Handover, HandoverState, HandoverStatus

logger = get_logger(__name__)

# Well below the task's time limit; what is left is the next step's.
STEP_SECONDS = 180.0


def handovers_due() -> list[int]:
    """Running cases whose time to look has come."""
    due = Handover.objects.filter(status__in=OPEN_CASES, next_poll_at__lte=clock.now())
    return list(due.order_by("next_poll_at").values_list("pk", flat=True))


def handover_advance(handover_id: int) -> None:
    """Takes the case as far as it goes now; a case that is not due is left alone."""
    now = clock.now()
    due = Handover.objects.filter(pk=handover_id, status__in=OPEN_CASES, next_poll_at__lte=now)
    # If this worker dies, the case is due again by then.
    if not due.update(next_poll_at=now + LEASE):
        return
    handover = Handover.objects.select_related("from_user", "created_by").get(pk=handover_id)
    wait: float | None = None
    trouble: TransportError | None = None
    try:
        _step(handover)
    except TransportError as error:
        logger.warning("handover_call_failed", handover=handover.pk, code=error.code)
        trouble, wait = error, error.wait_seconds
    _set_next(handover, trouble, wait)


def _step(handover: Handover) -> None:
    until = time.monotonic() + STEP_SECONDS
    pass_unfit(handover)
    move_local(handover, case_actor(handover))
    if not handover.items.filter(state__in=[HandoverState.PENDING, HandoverState.WAITING]).exists():
        return
    way = transport.get()
    poll_groups(handover, way)
    poll_customers(handover, way)
    # What was just refused is among it.
    while time.monotonic() < until and submit_customers(handover, way):
        _stay(handover)
    while time.monotonic() < until and submit_groups(handover, way):
        _stay(handover)


def _stay(handover: Handover) -> None:
    Handover.objects.filter(pk=handover.pk).update(next_poll_at=clock.now() + LEASE)


def _set_next(handover: Handover, trouble: TransportError | None, wait: float | None) -> None:
    if finish_if_done(handover):
        return
    now = clock.now()
    kept = {key: value for key, value in handover.report.items() if key != "trouble"}
    if trouble is not None:
        kept["trouble"] = {
            "code": trouble.code,
            "detail": trouble.detail,
            "at": now.isoformat(),
        }
    waits = not handover.items.filter(state=HandoverState.PENDING).exists()
    Handover.objects.filter(pk=handover.pk, status__in=OPEN_CASES).update(
        status=HandoverStatus.WAITING if waits else HandoverStatus.RUNNING,
        report=kept,
        next_poll_at=now + timedelta(seconds=wait) if wait else _next_look(handover, now),
    )


def _next_look(handover: Handover, now: datetime) -> datetime:
    if pending_all(handover).exists():
        return now
    unknown = handover.items.filter(Q(state=HandoverState.PENDING))
    if unknown.exists():
        return now + LEASE
    return now + timedelta(minutes=store.get_int("handover.poll_minutes"))
