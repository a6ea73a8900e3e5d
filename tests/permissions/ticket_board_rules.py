"""The staff pages of tickets and their socket: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import TEAM, Doors, Open, Rule

SOCKETS = {"ws/tickets": TEAM}

DOORS: Doors = {
    ("GET", "api/tickets/board"): Rule(TEAM, Scope.TICKETS_READ.value),
    ("POST", "api/tickets/bulk"): Rule(TEAM, Scope.TICKETS_WRITE.value),
}

# Who may open the pages is asked in tests/tickets/test_console_pages.py: they redirect.
OPEN: dict[tuple[str, str], Open] = {
    ("GET", "console/"): Open("sends strangers to the login"),
    ("GET", "console/tickets/"): Open("sends strangers to the login"),
    ("GET", "console/tickets/<id:pk>"): Open("sends strangers to the login"),
    ("GET", "console/login/"): Open("the login itself"),
    ("POST", "console/login/"): Open("the login itself"),
    ("PUT", "console/login/"): Open("the login itself"),
    ("GET", "console/logout/"): Open("405: the way out is a POST"),
    ("POST", "console/logout/"): Open("the way out"),
}
