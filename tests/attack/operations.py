"""The OpenAPI schema's operations, and the addresses at which the world's own objects answer."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from tests.permissions import routes
from tests.permissions.rule import Rule
from tests.permissions.rules import RULES
from tests.permissions.world import World

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
Door = tuple[str, str]
# Routes of the API that the schema leaves out, and why.
UNDESCRIBED: Mapping[str, str] = {
    "api/schema": "the description itself",
    "api/wechat/aibot": "the platform's callback, encrypted; tests/wechat asks it",
    "api/wechat/mp-message": "the platform's callback, in XML; tests/wechat asks it",
}
# Described for what a client may send; the platform's own calls of the same address are not.
ALSO_CALLBACKS = frozenset({"api/wechat/work-message"})


def doors() -> list[Door]:
    """`(METHOD, route)` of every described address, the same in every test process."""
    return sorted(
        (method, route)
        for method, route in routes.http_doors()
        if route.startswith("api/") and route not in UNDESCRIBED
    )


@cache
def schema() -> dict[str, Any]:
    generated: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return generated


def shape(path: str) -> str:
    """A route or a path of the schema without its parameters' names."""
    return "/" + re.sub(r"<[^>]+>|{[^}]+}", "{}", path).strip("/")


@cache
def documented() -> dict[Door, Door]:
    """From the door to the operation's method and path in the schema."""
    found = {
        (method.upper(), shape(path)): (method.upper(), path)
        for path, methods in schema()["paths"].items()
        for method in methods
    }
    return {
        door: found[door[0], shape(door[1])]
        for door in doors()
        if (door[0], shape(door[1])) in found
    }


def kinds(door: Door) -> Sequence[str]:
    """Which of the world's kinds stands at each place of the address."""
    rule = RULES.get(door)
    if not isinstance(rule, Rule):
        return []
    return [rule.more.get(name, rule.kind) for name in _PARAMETER.findall(door[1])]


def existing(door: Door, path: str, world: World, which: str) -> dict[str, Any]:
    """The path's parameters that name what hangs on that customer; empty where none can."""
    names = re.findall(r"{([^}]+)}", path)
    return {
        name: str(world.ids[kind][which])
        for name, kind in zip(names, kinds(door), strict=False)
        if kind in world.ids
    }
