"""A problem reported by a customer on the page: their ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from customers.actions.proved import customer_of_proved_phone
from customers.actors import Entry, customer_actor, system_actor
from customers.models import Customer, CustomerChannel
from tickets.actions import ticket_create, ticket_reply
from tickets.customer_side.pictures import pictures_add
from tickets.models import Ticket, Visibility


@dataclass(frozen=True)
class Problem:
    """What was typed; `name` and `company` count for a phone that nobody knows."""

    name: str
    description: str
    company: str = ""
    title: str = ""
    product: str = ""

    @property
    def words(self) -> list[str]:
        return [self.name, self.company, self.title, self.product, self.description]


@transaction.atomic
def problem_submit(
    *, phone: str, problem: Problem, pictures: Sequence["UploadedFile[Any]"] = ()
) -> Ticket:
    """The ticket of whoever holds `phone` (E.164, proved), with its pictures: all or nothing.

    Raises `InvalidInputError` naming the field, `NotAllowedError` for who is blocked or deleted.
    """
    customer = customer_of_proved_phone(
        phone=phone,
        name=problem.name,
        company=problem.company,
        channel=CustomerChannel.WEBSITE,
        entry=Entry.WEB,
    )
    actor = customer_actor(customer, Entry.WEB)
    ticket = ticket_create(
        customer=customer,
        title=problem.title,
        description=problem.description,
        product=problem.product,
        actor=actor,
    )
    _note_another_name(ticket, customer, problem)
    pictures_add(ticket, pictures, actor)
    return ticket


def _note_another_name(ticket: Ticket, customer: Customer, problem: Problem) -> None:
    """A number changes hands: colleagues should know that somebody else may be speaking."""
    if problem.name.strip() == customer.name:
        return
    ticket_reply(
        ticket_id=ticket.pk,
        content=f"提交人填写的姓名是「{problem.name.strip()}」，与客户资料中的姓名不同，请留意核实",
        actor=system_actor(),
        visibility=Visibility.INTERNAL,
    )
