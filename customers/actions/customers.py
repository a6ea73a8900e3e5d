"""Finding a customer, or making one, from what a colleague typed."""

from dataclasses import dataclass

from django.db import transaction

from config.database.locks import transaction_lock
from config.errors import AppError, InvalidInputError
from customers import phones
from customers.actions.history import announce, record
from customers.actors import Actor
from customers.models import Customer, CustomerChannel, CustomerEventKind, CustomerStatus
from customers.visibility import customers_visible_to

NAME_LENGTH = 100


@dataclass(frozen=True)
class Candidate:
    """One of several customers of a name, as the asker may see it."""

    customer_id: int
    name: str
    company: str
    masked_phone: str


class AmbiguousCustomerError(AppError):
    """Several customers fit; `candidates` holds those that the asker may see (may be empty)."""

    code = "ambiguous_customer"

    def __init__(self, detail: str, candidates: list[Candidate]) -> None:
        super().__init__(detail, attr="customer_name")
        self.candidates = candidates


@transaction.atomic
def customer_find_or_create(
    *, name: str, phone: str = "", company: str = "", actor: Actor
) -> tuple[Customer, bool]:
    """The customer of that name and phone, made if there is none; True if made.

    `phone` in any form of `phones.normalize`. Name and phone name one customer. A known name
    without a number takes the given number. A name alone finds the one such customer that the
    actor may see. Raises `InvalidInputError` and, when several fit, `AmbiguousCustomerError`.
    """
    name = name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInputError(f"客户姓名必须是 1 到 {NAME_LENGTH} 个字", attr="customer_name")
    e164 = phones.normalize(phone) if phone.strip() else ""
    # Two colleagues reporting one new customer at once must not make two.
    transaction_lock(f"customer:{name}")
    found = _by_phone(name, e164, actor) if e164 else _by_name(name, actor)
    if found is not None:
        if company and not found.company:
            found.company = company
            found.save(update_fields=["company", "updated_at"])
            _changed(found, actor, "company", ("", company))
        return found, False
    customer = Customer.objects.create(
        name=name,
        phone=e164,
        company=company,
        channel=CustomerChannel.STAFF,
        follow_user=actor.user if actor.is_team else None,
    )
    record(customer, actor, CustomerEventKind.CREATED)
    announce("customer.created", customer, actor, channel=customer.channel)
    return customer, True


def _by_phone(name: str, e164: str, actor: Actor) -> Customer | None:
    live = Customer.objects.exclude(status=CustomerStatus.DELETED)
    found = live.filter(name=name, phone=e164).first()
    if found is not None:
        return found
    without_number = list(live.filter(name=name, phone="")[:2])
    if len(without_number) != 1:
        return None
    customer = without_number[0]
    customer.phone = e164
    customer.save(update_fields=["phone", "updated_at"])
    _changed(customer, actor, "phone", ("", e164))
    return customer


def _changed(customer: Customer, actor: Actor, field: str, change: tuple[str, str]) -> None:
    record(customer, actor, CustomerEventKind.UPDATED, changes={field: change})
    announce("customer.updated", customer, actor, fields=[field])


def _by_name(name: str, actor: Actor) -> Customer | None:
    visible = list(customers_visible_to(actor).filter(name=name).order_by("id")[:10])
    if len(visible) == 1:
        return visible[0]
    if visible:
        raise AmbiguousCustomerError(
            f"有 {len(visible)} 位客户叫「{name}」，请补充手机号",
            [Candidate(c.pk, c.name, c.company, phones.mask(c.phone)) for c in visible],
        )
    if Customer.objects.exclude(status=CustomerStatus.DELETED).filter(name=name).exists():
        # Somebody else's customer: neither shown nor doubled.
        raise AmbiguousCustomerError(f"客户「{name}」已由同事登记，请补充手机号以便确认", [])
    return None
