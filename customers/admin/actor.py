"""Who acts in the admin: whoever is logged in, by this door."""

from django.http import HttpRequest

from customers.actors import Actor, Entry, actor_for
from customers.models import User


def actor_of(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return actor_for(request.user, Entry.ADMIN)
