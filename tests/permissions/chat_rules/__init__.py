"""Live chat: who may come in at which door, area by area."""

from tests.permissions.chat_rules import (
    assignment,
    entries,
    lifecycle,
    live,
    messages,
    pages,
    statistics,
)
from tests.permissions.rule import Doors, Open

_AREAS = (assignment, entries, lifecycle, live, messages, pages, statistics)
DOORS: Doors = {door: rule for area in _AREAS for door, rule in area.DOORS.items()}
OPEN: dict[tuple[str, str], Open] = {
    door: reason for area in _AREAS for door, reason in area.OPEN.items()
}
SOCKETS: dict[str, frozenset[str]] = {
    path: roles for area in _AREAS for path, roles in area.SOCKETS.items()
}
