"""Whether whoever opened a socket may still have it: the login may have ended since, or the role."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from config.sockets.consumer import NOT_ALLOWED, NOT_LOGGED_IN


@dataclass(frozen=True)
class Login:
    """What a socket was opened with: a token until `ends`, or a session as it was then.

    `password_hash` changes with the password, which ends both.
    """

    user_id: int
    roles: frozenset[str]
    password_hash: str
    ends: float | None = None
    session_key: str = ""


def login_of(scope: Mapping[str, Any], roles: Collection[str]) -> Login:
    """Of a scope whose user is known (`config.sockets.auth`)."""
    user = scope["user"]
    if "token_ends" in scope:
        password_hash = user.get_session_auth_hash()
        return Login(user.pk, frozenset(roles), password_hash, ends=scope["token_ends"])
    session = scope["session"]
    return Login(
        user.pk,
        frozenset(roles),
        session.get(HASH_SESSION_KEY, ""),
        session_key=session.session_key or "",
    )


def fallen(logins: Collection[Login]) -> dict[Login, int]:
    """Those that hold no longer, each with the code to close its sockets with: two queries."""
    users = get_user_model().objects.in_bulk({login.user_id for login in logins})
    keys = {login.session_key for login in logins if login.ends is None}
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    found = {}
    for login in logins:
        user: Any = users.get(login.user_id)
        if user is None or not user.is_active or user.role not in login.roles:
            found[login] = NOT_ALLOWED
        elif not _is_logged_in(login, user, alive):
            found[login] = NOT_LOGGED_IN
    return found


def _is_logged_in(login: Login, user: Any, sessions: Collection[str]) -> bool:
    if not constant_time_compare(login.password_hash, user.get_session_auth_hash()):
        return False
    if login.ends is not None:
        return time.time() < login.ends
    return login.session_key in sessions
