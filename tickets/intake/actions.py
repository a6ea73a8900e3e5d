"""Making a ticket together, message by message, whoever asks through whatever channel.

`key` names one person in one conversation: only their own next words go on with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from config.database import clock
from config.database.locks import transaction_lock
from config.errors import AppError, InvalidInputError, NotFoundError
from config.runtime import store
from customers import phones
from customers.actions.customers import customer_find_or_create
from customers.actors import Actor
from customers.models import Customer
from customers.visibility import customers_visible_to
from tickets.actions import ticket_create
from tickets.intake import steps
from tickets.intake.priority import priority_in
from tickets.intake.steps import Fields, Step
from tickets.models import Ticket, TicketDraft

CANCELS = frozenset({"取消", "/取消", "算了", "不建了"})
TAIL = "（回复「取消」可放弃）"


@dataclass(frozen=True)
class IntakeReply:
    """The next question, or why nothing was made; with `ticket` it is made and `text` is empty."""

    text: str
    ticket: Ticket | None = None


@transaction.atomic
def intake_start(
    *, key: str, known: Mapping[str, Any], actor: Actor, now: datetime | None = None
) -> IntakeReply:
    """Begins anew with what is `known` and asks for what is missing first.

    `known` may hold `customer_name`, `phone`, `company`, `problem`, `product`, `priority`. A customer
    (`customers.actors.customer_actor`) reports for themselves. Raises `InvalidInputError` for a
    number that is none.
    """
    transaction_lock(f"intake:{key}")
    fields: Fields = {name: value for name, value in known.items() if value}
    if fields.get("phone"):
        fields["phone"] = phones.normalize(fields["phone"])
    draft = TicketDraft.objects.filter(key=key).first() or TicketDraft(key=key)
    draft.user, draft.customer_id, draft.entry = actor.user, actor.customer_id, actor.entry
    draft.fields = steps.resolve(fields, actor)
    return _advance(draft, actor, now or clock.now())


@transaction.atomic
def intake_continue(
    *, key: str, text: str, actor: Actor, now: datetime | None = None
) -> IntakeReply | None:
    """Takes `text` as the answer to what was asked; None when nothing is being asked here."""
    now = now or clock.now()
    transaction_lock(f"intake:{key}")
    draft = TicketDraft.objects.filter(key=key, expires_at__gt=now).first()
    if draft is None:
        return None
    text = text.strip()
    if text in CANCELS:
        draft.delete()
        return IntakeReply("已取消，没有创建工单")
    step = next((step for step in _steps(actor) if step.name == draft.asking), None)
    if step is None or not text:
        return _advance(draft, actor, now)
    try:
        learned = steps.chosen(text, draft.fields.get("options", []))
        if learned is None:
            learned = step.read(text, draft.fields, actor)
    except InvalidInputError as error:
        return _advance(draft, actor, now, problem=error.detail)
    draft.fields = steps.resolve(draft.fields | learned, actor)
    return _advance(draft, actor, now)


def intake_is_open(*, key: str, now: datetime | None = None) -> bool:
    return TicketDraft.objects.filter(key=key, expires_at__gt=now or clock.now()).exists()


def intake_cancel(*, key: str) -> bool:
    """Forgets what was asked so far; False when there was nothing."""
    deleted, _ = TicketDraft.objects.filter(key=key).delete()
    return deleted > 0


def intakes_forget_expired(now: datetime | None = None) -> int:
    """What nobody answered any more holds people's names and numbers: it goes."""
    return TicketDraft.objects.filter(expires_at__lte=now or clock.now()).delete()[0]


def _steps(actor: Actor) -> tuple[Step, ...]:
    return steps.FOR_TEAM if actor.is_team else steps.FOR_CUSTOMERS


def _advance(draft: TicketDraft, actor: Actor, now: datetime, *, problem: str = "") -> IntakeReply:
    """Asks for what is missing next, or makes the ticket."""
    missing = next((s for s in _steps(actor) if s.is_missing(draft.fields, actor)), None)
    if missing is None:
        return _finish(draft, actor)
    question = missing.ask(draft.fields, actor)
    draft.asking = missing.name
    draft.fields["options"] = [
        {"label": option.label, "known": option.known} for option in question.options
    ]
    draft.expires_at = now + timedelta(minutes=store.get_int("ticket.intake_minutes"))
    draft.save()
    lines = [f"{problem}。{question.text}" if problem else question.text]
    lines += [f"{number}. {o.label}" for number, o in enumerate(question.options, 1)]
    if question.options:
        return IntakeReply("\n".join([*lines, TAIL]))
    return IntakeReply(lines[0] + TAIL)


def _finish(draft: TicketDraft, actor: Actor) -> IntakeReply:
    fields = draft.fields
    if draft.pk:
        draft.delete()
    try:
        with transaction.atomic():
            ticket = ticket_create(
                customer=_customer(fields, actor),
                description=_description(fields, actor),
                product=fields.get("product", ""),
                priority=fields.get("priority") or priority_in(fields["problem"]),
                actor=actor,
            )
    except AppError as error:
        return IntakeReply(f"{error.detail}，工单没有创建")
    return IntakeReply("", ticket)


def _customer(fields: Fields, actor: Actor) -> Customer:
    if not actor.is_team:
        return Customer.objects.get(pk=actor.customer_id or 0)
    if fields.get("customer_id"):
        found = customers_visible_to(actor).filter(pk=fields["customer_id"]).first()
        if found is None:
            raise NotFoundError("找不到这位客户")
        if not fields.get("company") or not found.phone:
            return found
        fields = fields | {"customer_name": found.name, "phone": found.phone}
    customer, _ = customer_find_or_create(
        name=fields["customer_name"],
        phone=fields.get("phone", ""),
        company=fields.get("company", ""),
        actor=actor,
    )
    return customer


def _description(fields: Fields, actor: Actor) -> str:
    """A number that a customer typed proves nothing: it goes with the words, not to their record."""
    phone = fields.get("phone", "")
    if actor.is_team or not phone:
        return str(fields["problem"])
    return f"{fields['problem']}\n联系电话：{phones.display(phone)}"
