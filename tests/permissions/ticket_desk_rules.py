"""The desk's tools, search, history and reports of tickets: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import EVERYONE, TEAM, Doors, Rule


def history() -> Doors:
    read = Scope.TICKETS_READ.value
    return {
        ("GET", "api/tickets/similar"): Rule(EVERYONE, read),
        ("GET", "api/tickets/<id:pk>/similar"): Rule(EVERYONE, read, "ticket"),
        ("GET", "api/tickets/<id:pk>/times"): Rule(TEAM, read, "ticket"),
    }
