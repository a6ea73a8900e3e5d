"""From a request to an actor."""

from dataclasses import replace

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from config.api.keys import ApiClient
from config.api.roles import Role
from customers.actors import Actor, Entry, actor_for, customer_actor
from customers.models import User
from customers.visitors.authentication import Visitor


def actor_of(request: Request) -> Actor:
    """The caller. An API key acts with its own name and, inside its scopes, sees everything.

    A colleague's session means our own pages: what they do there came through the console. So does
    a visitor's cookie: those are the customer's.
    """
    user = request.user
    if isinstance(user, ApiClient):
        return Actor(None, str(user), Role.ADMIN, Entry.API)
    if isinstance(user, Visitor):
        return customer_actor(user.customer, Entry.WEB)
    assert isinstance(user, User)  # permissions let no one else through
    is_page = isinstance(request.successful_authenticator, SessionAuthentication)
    actor = actor_for(user, Entry.API)
    return replace(actor, entry=Entry.CONSOLE) if is_page and actor.is_team else actor
