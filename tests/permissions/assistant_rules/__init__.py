"""Who may come in at which door, area by area."""

from tests.permissions.assistant_rules import knowledge, learning, routing
from tests.permissions.rule import Doors, Open

_AREAS = (knowledge, learning, routing)
DOORS: Doors = {door: rule for area in _AREAS for door, rule in area.DOORS.items()}
OPEN: dict[tuple[str, str], Open] = {
    door: reason for area in _AREAS for door, reason in area.OPEN.items()
}
