"""Visitors at the API: for the calls of the customer's own pages, beside tokens and sessions."""

from dataclasses import dataclass
from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from config.api.roles import Role
from customers.models import Customer
from customers.visitors.cookie import logged_in_customer, visitor_of


@dataclass(frozen=True)
class Visitor:
    """What `request.user` is for a customer without a login."""

    customer: Customer
    is_authenticated: bool = True
    is_anonymous: bool = False
    role: str = Role.CUSTOMER.value

    @property
    def pk(self) -> str:
        """Apart from every login's key, for limits and idempotency keys."""
        return f"visitor-{self.customer.pk}"


class VisitorAuthentication(SessionAuthentication):
    """The cookie of a visitor; what it changes needs the CSRF token, as a session does.

    A customer who is logged in is who they logged in as, whoever used this browser before.
    """

    def authenticate(self, request: Request) -> Any:
        logged_in = getattr(request._request, "user", None)  # noqa: SLF001 - as DRF's own
        if logged_in_customer(logged_in) is not None:
            return None
        customer = visitor_of(request.COOKIES)
        if customer is None:
            return None
        self.enforce_csrf(request)
        return Visitor(customer), None
