"""Two customers of one phone and name, or of one external id, are one: the second is refused."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

from config.errors import InvalidInputError
from customers.models import Customer, CustomerStatus

T = TypeVar("T")


def refusing_doubles(customer: Customer, write: Callable[[], T]) -> T:
    """What `write` returns; raises `InvalidInputError` (`unique`) when it would make a double.

    The unique indexes decide, so that of two writers at once one is refused.
    """
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        attr, detail = _double_of(customer)
        if not attr:
            raise
        raise InvalidInputError(detail, code="unique", attr=attr) from None


def _double_of(customer: Customer) -> tuple[str, str]:
    """The field that another customer has as well, and what to say."""
    others = Customer.objects.exclude(pk=customer.pk)
    if customer.external_userid:
        same = others.filter(corp_id=customer.corp_id, external_userid=customer.external_userid)
        if same.exists():
            return "external_userid", "这位外部联系人已经是客户"
    live = others.exclude(status=CustomerStatus.DELETED)
    if customer.phone and live.filter(phone=customer.phone, name=customer.name).exists():
        return "phone", "已有同名同手机号的客户"
    return "", ""
