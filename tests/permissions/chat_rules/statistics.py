"""Live chat's statistics and their page."""

from config.api.keys import Scope
from tests.permissions.rule import TEAM, Doors, Open, Rule

_READ = Rule(TEAM, Scope.TICKETS_READ.value)
DOORS: Doors = {
    ("GET", "api/customer-service/statistics/overview"): _READ,
    ("GET", "api/customer-service/statistics/hours"): _READ,
    ("GET", "api/customer-service/statistics/agents"): _READ,
}
OPEN: dict[tuple[str, str], Open] = {
    ("GET", "console/statistics/"): Open("sends strangers to the login"),
}
SOCKETS: dict[str, frozenset[str]] = {}
