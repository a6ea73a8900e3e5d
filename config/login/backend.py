"""Stands before the backend that looks at passwords, so that no door can forget to count."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from config.login import limits


class CountedTries:
    """The first of `AUTHENTICATION_BACKENDS`; knows nobody itself.

    It loads no user, so that nobody's session can name it as what let them in.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> None:
        """Raises `TooOftenError`: then no password is looked at, not even a right one."""
        if username is not None and password is not None:
            limits.check(request, username)


def register() -> None:
    user_logged_in.connect(_remember, dispatch_uid="config.login")


def _remember(sender: object, request: HttpRequest | None, user: Any, **_: Any) -> None:
    limits.remember(request, user.get_username())
