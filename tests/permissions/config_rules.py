"""Runtime configuration: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, Doors, Rule
from tests.permissions.world import World

READ, WRITE = Scope.CONFIG_READ.value, Scope.CONFIG_WRITE.value
EVERY, ONE, KIND = "api/config/configs", "api/config/configs/<id:pk>", "runtime_setting"


def _creation(world: World) -> dict[str, object]:
    return {"key": "ticket.default_deadline_hours", "value": 48}


DOORS: Doors = {
    ("GET", EVERY): Rule(ADMINS, READ),
    ("POST", EVERY): Rule(ADMINS, WRITE, body=_creation),
    ("GET", ONE): Rule(ADMINS, READ, KIND),
    ("PUT", ONE): Rule(ADMINS, WRITE, KIND, body=lambda w: {"value": {}}),
    ("DELETE", ONE): Rule(ADMINS, WRITE, KIND),
    ("GET", f"{ONE}/history"): Rule(ADMINS, READ, KIND),
    ("GET", f"{ONE}/diff"): Rule(ADMINS, READ, KIND),
    ("POST", f"{ONE}/rollback"): Rule(ADMINS, WRITE, KIND, body=lambda w: {"version": 1}),
    ("GET", "api/config/export"): Rule(ADMINS, READ),
    ("POST", "api/config/import"): Rule(
        ADMINS, WRITE, body=lambda w: {"values": {"retry": {"max_attempts": 4}}}
    ),
    ("GET", "api/config/processes"): Rule(ADMINS, READ),
    ("GET", "api/admin/config"): Rule(ADMINS, READ),
    ("POST", "api/admin/config"): Rule(ADMINS, WRITE, body=lambda w: {"retry": {}}),
}
