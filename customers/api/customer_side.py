"""How the calls of a customer's own pages know who calls: a login's token or session, or a visitor.

A view says `authentication_classes = SIGNED_IN`. An API key is known and refused, as elsewhere.
"""

from typing import Any

from rest_framework.authentication import SessionAuthentication

from config.api.auth import ApiKeyAuthentication, TokenAuthentication
from config.api.permissions import Rule
from config.api.roles import Role
from customers.visitors.authentication import VisitorAuthentication

SIGNED_IN: list[Any] = [
    TokenAuthentication,
    ApiKeyAuthentication,
    VisitorAuthentication,
    SessionAuthentication,
]
CUSTOMERS = Rule(frozenset({Role.CUSTOMER}))
