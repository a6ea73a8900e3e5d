"""Service levels: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, TEAM, Doors, Rule


def policies() -> Doors:
    read, write = Scope.TICKETS_READ.value, Scope.TICKETS_WRITE.value
    every, one = "api/sla/policies", "api/sla/policies/<id:pk>"
    return {
        ("GET", every): Rule(TEAM, read),
        ("POST", every): Rule(
            ADMINS, write, body=lambda w: {"name": "新策略", "resolution_minutes": 60}
        ),
        ("POST", f"{every}/preview"): Rule(
            ADMINS, write, body=lambda w: {"name": "新策略", "resolution_minutes": 60}
        ),
        ("GET", one): Rule(TEAM, read, "sla_policy"),
        ("PUT", one): Rule(ADMINS, write, "sla_policy"),
        ("PATCH", one): Rule(ADMINS, write, "sla_policy", body=lambda w: {"rank": 5}),
        ("DELETE", one): Rule(ADMINS, write, "sla_policy"),
        ("GET", f"{one}/versions"): Rule(TEAM, read, "sla_policy"),
        ("GET", f"{one}/applications"): Rule(TEAM, read, "sla_policy"),
        ("POST", f"{one}/apply"): Rule(ADMINS, write, "sla_policy"),
    }
