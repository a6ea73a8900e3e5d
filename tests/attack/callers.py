"""Who calls, as the wire shows it: the headers of each role, of API keys, of a browser's cookies."""

from collections.abc import Mapping

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.middleware.csrf import get_token
from django.test import RequestFactory
from rest_framework_simplejwt.tokens import AccessToken

from config.api.keys import ApiKey, Scope
from customers.visitors.cookie import COOKIE, visitor_token
from tests.permissions.world import World

Headers = Mapping[str, str]


def bearer(user: object) -> Headers:
    return {"Authorization": f"Bearer {AccessToken.for_user(user)}"}


def api_key(*scopes: str) -> Headers:
    _, key = ApiKey.objects.create_key(name="探测", scopes=list(scopes))
    return {"Authorization": f"Api-Key {key}"}


def _csrf() -> tuple[str, str]:
    request = RequestFactory().get("/")
    token = get_token(request)
    return token, request.META["CSRF_COOKIE"]


def visitor(customer: object) -> Headers:
    token, secret = _csrf()
    return {
        "Cookie": f"{COOKIE}={visitor_token(customer)}; csrftoken={secret}",
        "X-CSRFToken": token,
    }


def session(user: object) -> Headers:
    token, secret = _csrf()
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return {"Cookie": f"sessionid={store.session_key}; csrftoken={secret}", "X-CSRFToken": token}


def everybody(world: World) -> dict[str, Headers]:
    """By name; `admin` first, who gets furthest in."""
    users = world.users
    return {
        "admin": bearer(users["admin"]),
        "staff": bearer(users["staff"]),
        "colleague": bearer(users["colleague"]),
        "customer": bearer(users["customer"]),
        "visitor": visitor(world.customers["own"]),
        "session": session(users["admin"]),
        "key with every scope": api_key(*Scope.values),
        "key with no scope": api_key(),
        "nobody": {},
    }
