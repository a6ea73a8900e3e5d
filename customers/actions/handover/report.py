"""The final report of a case, and how it stands meanwhile."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from customers.actions.handover import movers
from customers.actions.handover.judge import OPEN_CASES, OPEN_STATES
from customers.actions.handover.notes import along_with, asked_of
from customers.models import (
    Handover,
    HandoverItem,
    HandoverState,
    HandoverStatus,
    User,
)

MOST_REFUSALS = 500


@transaction.atomic
def finish_if_done(handover: Handover) -> bool:
    """Closes a running case of which nothing is open any more, with its report."""
    rows = Handover.objects.filter(pk=handover.pk, status__in=OPEN_CASES)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    found = rows.first()
    if found is None:
        return True
    if found.items.filter(state__in=OPEN_STATES).exists():
        return False
    found.status = HandoverStatus.FINISHED
    found.finished_at = timezone.now()
    found.next_poll_at = None
    kept = {key: value for key, value in found.report.items() if key != "trouble"}
    found.report = {**kept, **_report(found, found.finished_at)}
    found.save(update_fields=["status", "finished_at", "next_poll_at", "report"])
    handover.status = HandoverStatus.FINISHED
    return True


def progress_of(handovers: Sequence[Handover]) -> dict[int, dict[str, int]]:
    """By case: how many items are in each state, and `total`; one query for all."""
    found = {
        handover.pk: {"total": 0, **{state.value: 0 for state in HandoverState}}
        for handover in handovers
    }
    counted = (
        HandoverItem.objects.filter(handover__in=handovers)
        .order_by()
        .values_list("handover_id", "state")
        .annotate(Count("pk"))
    )
    for handover_id, state, number in counted:
        found[handover_id][state] = number
        found[handover_id]["total"] += number
    return found


def _report(handover: Handover, finished_at: datetime) -> dict[str, Any]:
    items = list(handover.items.select_related("customer", "group").order_by("pk"))
    moved: Counter[str] = Counter()
    for item in items:
        moved.update(along_with(item))
    started = handover.report.get("started_at")
    started_at = datetime.fromisoformat(started) if started else handover.created_at
    waited = [
        (item.finished_at - item.submitted_at).total_seconds()
        for item in items
        if item.state == HandoverState.DONE and item.submitted_at and item.finished_at
    ]
    labels = {"customers": "客户", "groups": "客户群", **movers.labels()}
    return {
        "states": dict(Counter(item.state for item in items)),
        "moved": [
            {"name": name, "label": label, "count": moved[name]}
            for name, label in labels.items()
            if moved[name]
        ],
        "candidates": _by_candidate(handover, items),
        "not_moved": [_not_moved(item) for item in items if item.state != HandoverState.DONE][
            :MOST_REFUSALS
        ],
        "duration_seconds": round((finished_at - started_at).total_seconds()),
        "average_wait_seconds": round(sum(waited) / len(waited)) if waited else 0,
    }


def _by_candidate(handover: Handover, items: Sequence[HandoverItem]) -> list[dict[str, Any]]:
    """In the order of asking: what each got, and why not the rest."""
    counted: dict[int, Counter[str]] = {pk: Counter() for pk in handover.candidates}
    for item in items:
        if item.state == HandoverState.DONE and item.to_user_id in counted:
            counted[item.to_user_id]["done"] += 1
        for asked in asked_of(item):
            if asked["user_id"] in counted:
                counted[asked["user_id"]][asked["state"]] += 1
    users = User.objects.in_bulk(handover.candidates)
    states = ("done", "refused", "limit", "failed")
    return [
        {
            "user_id": pk,
            "name": users[pk].display_name if pk in users else "",
            **{state: found[state] for state in states},
        }
        for pk, found in counted.items()
    ]


def _not_moved(item: HandoverItem) -> dict[str, Any]:
    return {
        "customer_id": item.customer_id,
        "group_id": item.group_id,
        "name": str(item.customer or item.group),
        "state": item.state,
        "code": item.code,
        "detail": item.detail,
        "asked": asked_of(item),
    }
