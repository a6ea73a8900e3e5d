"""Presence and dispatch: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import TEAM, Doors, Rule


def dispatch() -> Doors:
    read, write = Scope.TICKETS_READ.value, Scope.TICKETS_WRITE.value
    one = "api/tickets/<id:pk>"
    # `bound` is the one ticket that somebody has already: there is nothing to dispatch.
    taken = {(who, "bound"): "409" for who in ("staff", "admin", "key")}
    return {
        ("GET", "api/agents"): Rule(TEAM, read),
        ("GET", "api/agents/me/presence"): Rule(TEAM),
        ("PUT", "api/agents/me/presence"): Rule(TEAM, body=lambda w: {"status": "online"}),
        ("POST", f"{one}/dispatch"): Rule(TEAM, write, "ticket", but=taken),
        ("GET", f"{one}/dispatches"): Rule(TEAM, read, "ticket"),
    }
