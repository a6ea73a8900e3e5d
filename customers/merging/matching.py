"""People whom we know twice: by WeChat's unionid, or by the phone (design.md §7).

A unionid is proof: who has one is one person at WeChat. A phone that a colleague typed proves
nothing, so a person decides. What imports bring is not looked at: companies share numbers.
"""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from customers.actors import Entry, system_actor
from customers.merging import parts
from customers.merging.cases import case_open
from customers.merging.merge import hold_customers, merge_proved
from customers.merging.obstacles import doubts
from customers.models import Customer, CustomerStatus, MergeReason

ENTRIES = frozenset({Entry.WECOM_SYNC, Entry.OFFICIAL_ACCOUNT, Entry.KF})
SIGNS = frozenset({"unionid", "phone", "external_userid"})
MOST = 5


def asks_for_a_look(event_type: str, data: dict[str, Any]) -> bool:
    """Whether an event may have made somebody known twice."""
    if data.get("entry") not in ENTRIES:
        return False
    return event_type == "customer.created" or bool(SIGNS & set(data.get("fields", ())))


@transaction.atomic
def customer_match(customer_id: int) -> Customer | None:
    """Whom the customer is after a look; None for who is gone. Again: nothing happens."""
    customer = _live().filter(pk=customer_id).first()
    if customer is None:
        return None
    if customer.unionid:
        customer = _match_unionid(customer)
    if customer.phone:
        _ask_about_phone(customer)
    return customer


def _live() -> QuerySet[Customer]:
    return Customer.objects.exclude(status=CustomerStatus.DELETED).filter(erased_at=None)


def _match_unionid(customer: Customer) -> Customer:
    others = _live().filter(unionid=customer.unionid).exclude(pk=customer.pk).order_by("pk")
    ids = list(others.values_list("pk", flat=True)[:MOST])
    if not ids:
        return customer
    parts.take_locks([customer.pk, *ids])
    held = hold_customers([customer.pk, *ids])
    customer = held.pop(customer.pk)
    for other in held.values():
        if not _same_unionid(customer, other):
            continue
        against = doubts(customer, other)
        if against:
            case_open(
                customer,
                other,
                reason=MergeReason.UNIONID,
                evidence=["两位的 UnionID 相同", *against],
            )
            continue
        # The contact of WeCom goes on: colleagues know that one.
        keep, gone = sorted((customer, other), key=lambda one: (not one.external_userid, one.pk))
        customer = merge_proved(keep=keep, gone=gone, actor=system_actor())
    return customer


def _same_unionid(one: Customer, other: Customer) -> bool:
    """Still so, now that both rows are held."""
    both_live = CustomerStatus.DELETED not in (one.status, other.status)
    return both_live and one.unionid == other.unionid != ""


def _ask_about_phone(customer: Customer) -> None:
    known = _live().filter(phone=customer.phone).exclude(phone="").exclude(pk=customer.pk)
    for other in known.order_by("pk")[:MOST]:
        case_open(
            customer,
            other,
            reason=MergeReason.PHONE,
            evidence=["两位登记了同一手机号，尚未由本人验证", *doubts(customer, other)],
        )
