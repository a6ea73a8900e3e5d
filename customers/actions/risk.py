"""Keeping scores, raising warnings, and saying later what became of them (seed 003, 风险预警)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotFoundError
from config.events.publish import publish_many
from customers.actions.history import about, changed_later, order_key, record, require_team
from customers.actors import Actor, system_actor
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    CustomerStatus,
    FollowUp,
    FollowUpTask,
    RiskWarning,
    TaskStatus,
    WarningOutcome,
)
from customers.risk.outcomes import outcome_of
from customers.risk.rules import RiskRules, risk_rules
from customers.risk.signals import Assessment, assess
from customers.visibility import warnings_visible_to

# A score that has risen by this much since the last conclusion is news.
NEWS_POINTS = 10
NOTE_LENGTH = 300


@transaction.atomic
def risk_evaluate(*, customer_ids: Collection[int]) -> int:
    """Brings scores and warnings of these customers up to date; returns how many were raised.

    A number of queries that no customer adds to. Customers are locked before anything is read, so
    of two evaluations at once the later one sees all that the earlier one saw.
    """
    rules, now = risk_rules(), timezone.now()
    customers = _locked(customer_ids)
    present = [pk for pk, customer in customers.items() if _counts(customer)]
    found = assess(present, rules, now)
    nothing = Assessment(0, rules.level_of(0), [])
    _keep_scores(customers, {pk: found.get(pk, nothing) for pk in customers})
    watched = _watch(customers, found, rules, now)
    raised = _to_raise(found, watched, rules, now)
    _raise([(customers[pk], found[pk]) for pk in raised], rules, now)
    return len(raised)


@transaction.atomic
def risk_settle(*, warning_id: int, outcome: str, note: str, actor: Actor) -> RiskWarning:
    """What a colleague says became of a warning: `hit`, `saved` or `missed`; once.

    Raises `NotFoundError`, `ConflictError`, `InvalidInputError`.
    """
    require_team(actor)
    if outcome not in WarningOutcome.values or outcome == WarningOutcome.OPEN:
        raise InvalidInputError("结论必须是 hit、saved 或 missed", attr="outcome")
    if len(note) > NOTE_LENGTH:
        raise InvalidInputError(f"说明最多 {NOTE_LENGTH} 个字", attr="note")
    visible = warnings_visible_to(actor).filter(pk=warning_id)
    if connection.vendor == "postgresql":
        visible = visible.select_for_update(of=("self",), no_key=True)
    warning = visible.first()
    if warning is None:
        raise NotFoundError(f"没有预警 {warning_id}")
    if warning.outcome != WarningOutcome.OPEN:
        raise ConflictError(
            f"预警已有结论：{warning.get_outcome_display()}（{warning.outcome}）",
            code="already_settled",
            attr="outcome",
        )
    now = timezone.now()
    warning.outcome, warning.settled_at = WarningOutcome(outcome), now
    warning.save(update_fields=["outcome", "settled_at"])
    if warning.follow_up_task_id is not None:
        FollowUpTask.objects.filter(pk=warning.follow_up_task_id, status=TaskStatus.OPEN).update(
            status=TaskStatus.DONE, done_at=now
        )
    label = WarningOutcome(outcome).label
    content = f"预警结论：{label}" + (f"；{note}" if note else "")
    record(warning.customer, actor, CustomerEventKind.RISK, content=content)
    changed_later(warning.customer_id)
    return warning


def _locked(customer_ids: Collection[int]) -> dict[int, Customer]:
    rows = Customer.objects.filter(pk__in=customer_ids).order_by("pk")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(no_key=True)
    return {customer.pk: customer for customer in rows}


def _counts(customer: Customer) -> bool:
    return customer.status != CustomerStatus.DELETED and customer.erased_at is None


def _keep_scores(customers: dict[int, Customer], found: dict[int, Assessment]) -> None:
    changed = []
    for pk, customer in customers.items():
        new = found[pk]
        if (customer.risk_score, customer.risk_level) != (new.score, new.level):
            customer.risk_score, customer.risk_level = new.score, new.level
            changed.append(customer)
    if changed:
        Customer.objects.bulk_update(changed, ["risk_score", "risk_level"], batch_size=500)
        changed_later(*[customer.pk for customer in changed])


def _watch(
    customers: dict[int, Customer], found: dict[int, Assessment], rules: RiskRules, now: datetime
) -> set[int]:
    """Settles or raises what is open; returns the customers whose warning stays open."""
    turned_to = FollowUp.objects.filter(
        customer=OuterRef("customer"), created_at__gt=OuterRef("raised_at")
    )
    open_ones = list(
        RiskWarning.objects.filter(customer_id__in=list(customers), outcome=WarningOutcome.OPEN)
        .select_related("follow_up_task")
        .annotate(has_follow_up=Exists(turned_to))
    )
    settled, risen, gone = [], [], []
    for warning in open_ones:
        customer, new = customers[warning.customer_id], found.get(warning.customer_id)
        if new is None:
            gone.append(warning.pk)
            continue
        was_contacted = warning.has_follow_up or _is_contacted(warning, customer)
        outcome = outcome_of(warning, customer, new, rules, now, was_contacted=was_contacted)
        if outcome != WarningOutcome.OPEN:
            warning.outcome, warning.settled_at = outcome, now
            settled.append(warning)
        elif new.score > warning.score:
            warning.score, warning.level = new.score, new.level
            warning.reasons = [reason.as_data() for reason in new.reasons]
            risen.append(warning)
    RiskWarning.objects.bulk_update(settled, ["outcome", "settled_at"])
    RiskWarning.objects.bulk_update(risen, ["score", "level", "reasons"])
    # A customer who is no longer in the books has no outcome to learn from.
    RiskWarning.objects.filter(pk__in=gone).delete()
    _drop_tasks([w for w in settled if w.outcome != WarningOutcome.HIT])
    done = {warning.pk for warning in settled} | set(gone)
    return {warning.customer_id for warning in open_ones if warning.pk not in done}


def _is_contacted(warning: RiskWarning, customer: Customer) -> bool:
    contact, task = customer.last_contact_at, warning.follow_up_task
    return (contact is not None and contact > warning.raised_at) or (
        task is not None and task.status == TaskStatus.DONE
    )


def _drop_tasks(warnings: list[RiskWarning]) -> None:
    tasks = [w.follow_up_task_id for w in warnings if w.follow_up_task_id]
    FollowUpTask.objects.filter(pk__in=tasks, status=TaskStatus.OPEN).update(
        status=TaskStatus.CANCELLED
    )


def _to_raise(
    found: dict[int, Assessment], watched: set[int], rules: RiskRules, now: datetime
) -> list[int]:
    alarming = [
        pk for pk, new in found.items() if rules.is_alarming(new.level) and pk not in watched
    ]
    if not alarming:
        return []
    past = RiskWarning.objects.filter(
        customer_id__in=alarming, settled_at__gt=now - rules.pause
    ).order_by("settled_at")
    latest = {warning.customer_id: warning for warning in past}
    return [pk for pk in alarming if _is_news(found[pk], latest.get(pk))]


def _is_news(new: Assessment, last: RiskWarning | None) -> bool:
    """After a conclusion it is quiet for a while, unless things got clearly worse."""
    if last is None:
        return True
    return last.outcome != WarningOutcome.HIT and new.score >= last.score + NEWS_POINTS


def _raise(cases: list[tuple[Customer, Assessment]], rules: RiskRules, now: datetime) -> None:
    if not cases:
        return
    actor = system_actor()
    tasks = FollowUpTask.objects.bulk_create(
        _task(customer, found, now + rules.task_due) for customer, found in cases
    )
    warnings = RiskWarning.objects.bulk_create(
        RiskWarning(
            customer=customer,
            score=found.score,
            level=found.level,
            reasons=[reason.as_data() for reason in found.reasons],
            follow_up_task=task,
            alerted_at=now,
        )
        for (customer, found), task in zip(cases, tasks, strict=True)
    )
    CustomerEvent.objects.bulk_create(
        CustomerEvent(
            customer=customer,
            kind=CustomerEventKind.RISK,
            content=_sentence(found)[:500],
            actor_name=actor.name,
            entry=actor.entry,
        )
        for customer, found in cases
    )
    publish_many(
        "customer.risk.raised",
        [
            _event(warning, found, actor)
            for warning, (_, found) in zip(warnings, cases, strict=True)
        ],
        keys=[order_key(customer.pk) for customer, _ in cases],
    )
    changed_later(*[customer.pk for customer, _ in cases])


def _task(customer: Customer, found: Assessment, due_at: datetime) -> FollowUpTask:
    return FollowUpTask(
        customer=customer,
        owner_id=customer.follow_user_id,
        title=f"流失风险（{found.score} 分）：联系{customer.name}"[:100],
        content=found.evidence,
        due_at=due_at,
    )


def _sentence(found: Assessment) -> str:
    return f"流失风险{found.level.label}（{found.score} 分）：{found.evidence}"


def _event(warning: RiskWarning, found: Assessment, actor: Actor) -> dict[str, Any]:
    customer = warning.customer
    return {
        **about(customer, actor),
        "warning_id": warning.pk,
        "score": warning.score,
        "level": warning.level,
        "owner_user_id": customer.follow_user_id,
        "text": f"客户「{customer.name}」{_sentence(found)}",
    }
