"""The staff pages of tickets and their socket: who may come in at which door."""

from tests.permissions.rule import TEAM, Doors, Open

SOCKETS = {"ws/tickets": TEAM}

DOORS: Doors = {}

OPEN: dict[tuple[str, str], Open] = {}
