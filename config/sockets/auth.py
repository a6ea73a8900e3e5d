"""Who opened a socket: the session's user, or whoever `?token=<access>` proves (contract.md §1)."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http.request import split_domain_port, validate_host
from rest_framework.exceptions import APIException
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from config.api.auth import TokenAuthentication
from config.sockets.consumer import ForeignPage

App = Callable[[Any, Any, Any], Awaitable[Any]]


class KnownCallers:
    """A token is believed wherever it comes from, a cookie only from our own pages.

    Browsers send cookies unasked and say from whose page (`Origin`); a token is sent on purpose. A
    bad token is nobody, whatever the session says, and so is a program without either.
    """

    def __init__(self, inner: App) -> None:
        self._inner = inner
        self._own_pages: App = AuthMiddlewareStack(inner)
        self._foreign_pages: App = ForeignPage.as_asgi()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token")
        if given:
            user = await _user_of(given[0])
            scope = {**scope, "token_ends": _end_of(given[0])}
        elif any(name == b"origin" for name, _ in scope["headers"]):
            pages = self._own_pages if _is_own_page(scope["headers"]) else self._foreign_pages
            return await pages(scope, receive, send)
        else:
            user = AnonymousUser()
        return await self._inner({**scope, "user": user}, receive, send)


def _is_own_page(headers: Any) -> bool:
    """Whether the page lies where the socket does, to the port: `http://desk:8080` is not `http://desk`."""
    origins = [value for name, value in headers if name == b"origin"]
    hosts = [value for name, value in headers if name == b"host"]
    if len(origins) != 1 or len(hosts) > 1:
        return False
    origin = origins[0].decode("latin-1")
    if origin == settings.APP_DOMAIN:
        return True
    host = hosts[0].decode("latin-1").lower() if hosts else ""
    is_here = origin.lower() in (f"http://{host}", f"https://{host}")
    return is_here and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _end_of(token: str) -> float:
    """When a valid token ends (epoch seconds); 0 for any other."""
    try:
        return float(AccessToken(token.encode())["exp"])  # type: ignore[arg-type]
    except TokenError:
        return 0.0


@database_sync_to_async  # type: ignore[untyped-decorator]
def _user_of(token: str) -> Any:
    authentication = TokenAuthentication()
    try:
        return authentication.get_user(authentication.get_validated_token(token.encode()))
    except (APIException, TokenError):
        return AnonymousUser()
