"""Deny by default: a view names, verb by verb, the roles and the key scope that may call it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from config.api.keys import ApiClient
from config.api.roles import Role

if TYPE_CHECKING:
    from rest_framework.views import APIView


@dataclass(frozen=True)
class Rule:
    """Which roles may, and which API-key scope; no scope: no API key may."""

    roles: frozenset[Role]
    scope: str = ""


EVERYONE = frozenset(Role)
STAFF = frozenset({Role.STAFF, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})


class DenyAll(BasePermission):
    """What a view gets that forgot to say who may call it."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class HasAccess(BasePermission):
    """Asks `view.access`, a mapping of action (viewsets) or lower-case method to `Rule`."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if request.method == "OPTIONS":
            return True
        verb = getattr(view, "action", None) or (request.method or "").lower()
        rule: Rule | None = getattr(view, "access", {}).get(verb)
        if rule is None:
            # A method that the view does not serve at all: let it answer 405 itself.
            return not hasattr(view, (request.method or "").lower())
        if isinstance(request.user, ApiClient):
            return bool(rule.scope) and rule.scope in request.user.key.scopes
        return getattr(request.user, "role", None) in rule.roles
