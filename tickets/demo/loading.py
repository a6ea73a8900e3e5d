"""Loads the desk's demo tools and, once, tickets in every state. Run again, it doubles nothing."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from config.events.models import OutboxEntry
from customers.actions.customers import customer_find_or_create
from customers.actors import Actor, Entry, actor_for, system_actor
from customers.models import Customer, User
from tickets import actions
from tickets.demo import chats, knowledge
from tickets.demo.chat_stock import VISITORS
from tickets.demo.stock import (
    CANNED_REPLIES,
    CHECKLIST,
    CUSTOM_FIELD,
    PEOPLE,
    TICKETS,
    URGENT_POLICY,
    ZHANGSAN,
    DemoTicket,
)
from tickets.desk.canned_replies import canned_reply_create
from tickets.desk.checklists import checklist_check
from tickets.models import (
    AgentProfile,
    CannedReply,
    ChecklistTemplate,
    CustomField,
    SlaPolicy,
    Ticket,
    TicketEvent,
)
from tickets.sla.policies import policy_save

_TIMES = (
    *("created_at", "assigned_at", "responded_at", "resolved_at", "closed_at", "deadline"),
    *("response_due_at", "waiting_since", "unanswered_since"),
)


@transaction.atomic
def load(_password: str = "") -> None:
    """For `manage.py demo`, after the people. Nobody is told anything."""
    _tools()
    knowledge.load()
    _profiles()
    customers = [_customer(*person) for person in PEOPLE]
    zhangsan = Customer.objects.get(phone=ZHANGSAN)
    visitors = [_customer(*person) for person in VISITORS]
    chats.load([zhangsan, *customers, *visitors])
    if Ticket.objects.filter(customer__in=customers).exists():
        return
    for place, wanted in enumerate(TICKETS):
        _ticket(wanted, customers[place % len(customers)])


def _tools() -> None:
    for shortcut, title, body in CANNED_REPLIES:
        if not CannedReply.objects.filter(owner=None, shortcut=shortcut).exists():
            canned_reply_create(
                shortcut=shortcut, title=title, body=body, is_team=True, actor=system_actor()
            )
    ChecklistTemplate.objects.get_or_create(name=CHECKLIST["name"], defaults=CHECKLIST)
    CustomField.objects.get_or_create(key=CUSTOM_FIELD["key"], defaults=CUSTOM_FIELD)
    if not SlaPolicy.objects.filter(name=URGENT_POLICY["name"]).exists():
        policy_save(policy_id=None, rules=URGENT_POLICY, actor=system_actor())


def _profiles() -> None:
    """Tickets wait for a person, as seed 001 tells it: nobody gets them by themselves."""
    admin = User.objects.get(username="admin")
    for username in ("lisi", "wangwu"):
        user = User.objects.get(username=username)
        AgentProfile.objects.get_or_create(
            user=user, defaults={"accepts_tickets": False, "supervisor": admin}
        )


def _customer(name: str, phone: str, company: str, owner: str) -> Customer:
    """Found by the phone on the second run."""
    known = Customer.objects.filter(phone=phone).first()
    if known is not None:
        return known
    last = _last_outbox()
    person = User.objects.get(username=owner)
    customer, _ = customer_find_or_create(
        name=name, phone=phone, company=company, actor=actor_for(person, Entry.SYSTEM)
    )
    _untold(last, "customer_id", customer.pk)
    return customer


def _ticket(wanted: DemoTicket, customer: Customer) -> None:
    """Through the actions, so that its trail is a real one; then moved back in time."""
    last = _last_outbox()
    people = {name: User.objects.get(username=name) for name in ("admin", "lisi", "wangwu")}
    ticket = actions.ticket_create(
        customer=customer,
        description=wanted.description,
        product=wanted.product,
        priority=wanted.priority,
        actor=actor_for(people["lisi"], Entry.CONSOLE),
        is_told=False,
    )
    by = people[wanted.assignee or "lisi"]
    for step, words in wanted.steps:
        if step == "assign":
            chief = actor_for(people["admin"], Entry.CONSOLE)
            actions.ticket_assign(ticket_id=ticket.pk, assignee=by, actor=chief)
        else:
            _take(step, words, ticket, actor_for(by, Entry.CONSOLE))
    _move_back(ticket, wanted)
    _untold(last, "ticket_id", ticket.pk)


def _take(step: str, words: str, ticket: Ticket, actor: Actor) -> None:
    match step:
        case "reply":
            actions.ticket_reply(ticket_id=ticket.pk, content=words, actor=actor)
        case "progress":
            actions.ticket_set_progress(ticket_id=ticket.pk, percent=int(words), actor=actor)
        case "check":
            item = ticket.checklist.order_by("position").first()
            if item is not None:
                checklist_check(item_id=item.pk, done=True, actor=actor)
        case "wait":
            actions.ticket_wait(ticket_id=ticket.pk, reason=words, actor=actor)
        case _:
            actions.ticket_transition(ticket_id=ticket.pk, status=step, reason=words, actor=actor)


def _move_back(ticket: Ticket, wanted: DemoTicket) -> None:
    """As if it had begun `age_hours` ago; its steps lie evenly between then and when it ended."""
    now = Ticket.objects.get(pk=ticket.pk)
    age = timedelta(hours=wanted.age_hours)
    spent = timedelta(hours=wanted.spent_hours)
    events = list(TicketEvent.objects.filter(ticket=ticket).order_by("sequence"))
    for place, event in enumerate(events):
        at = event.created_at - age + spent * place / max(len(events) - 1, 1)
        TicketEvent.objects.filter(pk=event.pk).update(created_at=at)
    set_times = {name: F(name) - age for name in _TIMES if getattr(now, name) is not None}
    for name in ("resolved_at", "closed_at", "waiting_since"):
        if name in set_times:
            set_times[name] = F(name) - age + spent
    for name in ("assigned_at", "responded_at"):
        if name in set_times:
            set_times[name] = F(name) - age + spent / max(len(events) - 1, 1)
    Ticket.objects.filter(pk=ticket.pk).update(**set_times)


def _last_outbox() -> int:
    last: Any = OutboxEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    return int(last or 0)


def _untold(last: int, name: str, pk: int) -> None:
    """What was just written to be announced of this one row goes with nobody having heard it."""
    for entry in OutboxEntry.objects.filter(pk__gt=last, kind=OutboxEntry.Kind.EVENT):
        if entry.payload["data"].get(name) == pk:
            entry.delete()
