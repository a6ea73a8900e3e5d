"""Who is at the other end of a socket: asked when it opens, with each frame, and each minute."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from config.api.roles import Role
from config.sockets.consumer import NOT_ALLOWED, NOT_LOGGED_IN
from config.sockets.standing import Login, fallen, login_of
from customers.actors import Actor, Entry, actor_for, customer_actor
from customers.models import Customer, CustomerStatus, User
from customers.visitors.cookie import COOKIE, logged_in_customer, visitor_of

TEAM = frozenset({Role.STAFF, Role.ADMIN})
_CUSTOMERS = frozenset({Role.CUSTOMER})


class Fallen(Exception):
    """Whoever is there may be there no longer; `code` closes the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Caller:
    """A login, or a customer without one whom the visitor's cookie proves."""

    login: Login | None
    customer_id: int | None = None
    cookie: str = ""

    def actor(self) -> Actor:
        """As things are now. Raises `Fallen`."""
        if self.login is None:
            customer = visitor_of({COOKIE: self.cookie})
            if customer is None:
                raise Fallen(NOT_LOGGED_IN)
            return customer_actor(customer, Entry.WEB)
        code = fallen([self.login]).get(self.login)
        if code is not None:
            raise Fallen(code)
        user = User.objects.get(pk=self.login.user_id)
        actor = actor_for(user, Entry.WEB if user.role == Role.CUSTOMER else Entry.CONSOLE)
        if actor.customer_id != self.customer_id:
            raise Fallen(NOT_ALLOWED)
        return actor


def colleague(scope: Mapping[str, Any]) -> Caller:
    """Of a scope whose user is on the team."""
    return Caller(login_of(scope, TEAM))


def customer(scope: Mapping[str, Any]) -> Caller | int:
    """The customer at a customer's socket, or the code that it is closed with.

    As at the API: a token, else a customer's session, else the visitor's cookie. Cookies of other pages than
    our own never get here (`config.sockets.auth`).
    """
    user = scope.get("user")
    cookies = scope.get("cookies", {})
    has_login = "token_ends" in scope or logged_in_customer(user) is not None
    visitor = None if has_login else visitor_of(cookies)
    if visitor is not None:
        return Caller(None, visitor.pk, cookies[COOKIE])
    if user is None or not user.is_authenticated:
        return NOT_LOGGED_IN
    if user.role != Role.CUSTOMER:
        return NOT_ALLOWED
    return Caller(login_of(scope, _CUSTOMERS), user.customer_id)


def no_longer(callers: Collection[Caller]) -> dict[Caller, int]:
    """Who may stay no longer, with the code to close with: three queries for all."""
    logins = fallen({caller.login for caller in callers if caller.login is not None})
    visitors = {caller.customer_id or 0 for caller in callers if caller.login is None}
    present = Customer.objects.exclude(status=CustomerStatus.DELETED).filter(
        pk__in=visitors, erased_at__isnull=True
    )
    there = set(present.values_list("pk", flat=True)) if visitors else set()
    found = {}
    for caller in callers:
        if caller.login is None:
            if caller.customer_id not in there:
                found[caller] = NOT_LOGGED_IN
        elif caller.login in logins:
            found[caller] = logins[caller.login]
    return found
