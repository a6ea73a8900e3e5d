"""The monitor: its page, its socket, its API, for those who may see the messages' statistics."""

from config.api.keys import Scope
from tests.permissions.rule import TEAM, Doors, Open, Rule

DOORS: Doors = {("GET", "api/monitor/snapshot"): Rule(TEAM, Scope.MESSAGES_READ.value)}
# Who may open the page is asked in tests/monitoring/board/test_monitor_page.py: it redirects.
OPEN: dict[tuple[str, str], Open] = {("GET", "monitor/"): Open("sends strangers to the login")}
SOCKETS: dict[str, frozenset[str]] = {"ws/monitor": TEAM}
