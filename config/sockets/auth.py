"""Who opened a socket: the session's user, or whoever `?token=<access>` proves (contract.md §1)."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.security.websocket import AllowedHostsOriginValidator
from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import APIException
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

App = Callable[[Any, Any, Any], Awaitable[Any]]


class KnownCallers:
    """A token is believed wherever it comes from, a cookie only from our own pages.

    Browsers send cookies unasked and say from whose page (`Origin`); a token is sent on purpose. A
    bad token is nobody, whatever the session says, and so is a program without either.
    """

    def __init__(self, inner: App) -> None:
        self._inner = inner
        self._own_pages: App = AllowedHostsOriginValidator(AuthMiddlewareStack(inner))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token")
        if given:
            user = await _user_of(given[0])
            scope = {**scope, "token_ends": _end_of(given[0])}
        elif any(name == b"origin" for name, _ in scope["headers"]):
            return await self._own_pages(scope, receive, send)
        else:
            user = AnonymousUser()
        return await self._inner({**scope, "user": user}, receive, send)


def _end_of(token: str) -> float:
    """When a valid token ends (epoch seconds); 0 for any other."""
    try:
        return float(AccessToken(token.encode())["exp"])  # type: ignore[arg-type]
    except TokenError:
        return 0.0


@database_sync_to_async  # type: ignore[untyped-decorator]
def _user_of(token: str) -> Any:
    authentication = JWTAuthentication()
    try:
        return authentication.get_user(authentication.get_validated_token(token.encode()))
    except (APIException, TokenError):
        return AnonymousUser()
