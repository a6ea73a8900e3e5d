"""The managers' reports: who may read which."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, TEAM, Doors, Rule

READ = Scope.REPORTS_READ.value
_READERS = {"sales": TEAM, "tickets": TEAM, "service": TEAM, "messages": ADMINS}

DOORS: Doors = {
    ("GET", "api/reports"): Rule(TEAM, READ),
    **{("GET", f"api/reports/{name}"): Rule(who, READ) for name, who in _READERS.items()},
    **{("GET", f"api/reports/{name}/export"): Rule(who, READ) for name, who in _READERS.items()},
}
