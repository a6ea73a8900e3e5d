"""The visitor's cookie: which customer this browser stands for.

Not the session: a colleague's login in the same browser shares that one.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpResponseBase

from config.api.roles import Role
from customers.models import Customer, CustomerStatus, User

COOKIE = "visitor"
LIFETIME = timedelta(days=30)
_SALT = "customers.visitor"


def visitor_token(customer: Customer) -> str:
    return signing.dumps(customer.pk, salt=_SALT)


def visitor_of(cookies: Mapping[str, str]) -> Customer | None:
    """The customer whom the cookie proves; None without one, and when it is forged or too old."""
    given = cookies.get(COOKIE, "")
    try:
        customer_id = signing.loads(given, salt=_SALT, max_age=LIFETIME) if given else None
    except signing.BadSignature:
        return None
    if not isinstance(customer_id, int):
        return None
    # Whoever was merged into another record since is that customer now.
    same = Q(pk=customer_id) | Q(
        pk__in=Customer.objects.filter(pk=customer_id).values("merged_into")
    )
    present = Customer.objects.filter(same, erased_at__isnull=True)
    return present.exclude(status=CustomerStatus.DELETED).first()


def logged_in_customer(user: object) -> Customer | None:
    """The customer of a customer's login; None for a colleague's, and for nobody's."""
    if not isinstance(user, User) or user.role != Role.CUSTOMER or user.customer is None:
        return None
    return None if user.customer.status == CustomerStatus.DELETED else user.customer


def remember_visitor(response: HttpResponseBase, customer: Customer) -> None:
    response.set_cookie(
        COOKIE,
        visitor_token(customer),
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_visitor(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")
