"""Every door there is, read from the URL tables: what the matrix must have a rule for."""

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

from config.websocket_urls import urlpatterns as socket_patterns

# The pretended platform is no door of ours; the admin is asked about its models one by one.
NOT_OURS = ("admin/", "sandbox/")
METHODS = ("get", "post", "put", "patch", "delete")


def walk(patterns: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def http_doors() -> set[tuple[str, str]]:
    """`(METHOD, route)` of every address outside the admin and the sandbox."""
    doors = set()
    for route, view in walk(get_resolver().url_patterns):
        if route.startswith(NOT_OURS):
            continue
        for method in _methods(view):
            doors.add((method.upper(), route))
    return doors


def _methods(view: Any) -> list[str]:
    actions = getattr(view, "actions", None)
    if actions:
        return [method for method in actions if method in METHODS]
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if view_class is None:
        return ["get"]
    return [method for method in METHODS if hasattr(view_class, method)]


def socket_doors() -> set[str]:
    """The routes of all sockets but the one that is nowhere."""
    return {str(pattern.pattern) for pattern in socket_patterns if str(pattern.pattern)}
