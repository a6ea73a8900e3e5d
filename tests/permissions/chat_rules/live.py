"""Live chat's live."""

from tests.permissions.rule import TEAM, Doors, Open

DOORS: Doors = {}
OPEN: dict[tuple[str, str], Open] = {}
SOCKETS: dict[str, frozenset[str]] = {
    "ws/console": TEAM,
    "ws/chat/<str:chat_id>": frozenset({"customer"}),
    "ws/queue": frozenset({"customer"}),
}
