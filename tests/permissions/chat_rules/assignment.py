"""Live chat's assignment."""

from tests.permissions.rule import TEAM, Doors, Open, Rule

CUSTOMER = frozenset({"customer"})
_TEAM_SIDE, _CUSTOMER_SIDE = "api/customer-service", "api/user/customer-service"

DOORS: Doors = {
    ("POST", f"{_CUSTOMER_SIDE}/assign"): Rule(CUSTOMER),
    ("GET", f"{_CUSTOMER_SIDE}/queue-status"): Rule(CUSTOMER),
    ("GET", f"{_TEAM_SIDE}/status"): Rule(TEAM),
    ("POST", f"{_TEAM_SIDE}/status"): Rule(TEAM, body=lambda w: {"status": "online"}),
    ("GET", f"{_TEAM_SIDE}/queue"): Rule(TEAM),
    ("GET", f"{_TEAM_SIDE}/agents"): Rule(TEAM),
    ("GET", f"{_TEAM_SIDE}/groups"): Rule(TEAM),
    ("GET", f"{_TEAM_SIDE}/chats/<id:pk>/assignments"): Rule(TEAM, kind="chat"),
    # 李四 leads nobody.
    ("POST", f"{_TEAM_SIDE}/chats/<id:pk>/assign"): Rule(
        TEAM,
        kind="chat",
        body=lambda w: {"agent": "wangwu"},
        but={("staff", "own"): "403", ("staff", "bound"): "403"},
    ),
}
OPEN: dict[tuple[str, str], Open] = {}
SOCKETS: dict[str, frozenset[str]] = {}
