"""What watches the system: who may see it."""

from tests.permissions.rule import ADMINS, Doors, Open, Rule

DOORS: Doors = {
    ("GET", "api/monitor/incidents"): Rule(ADMINS),
    ("GET", "metrics"): Rule(ADMINS, "metrics:read"),
}
OPEN: dict[tuple[str, str], Open] = {}
