"""A chat's way, from both sides."""

from tests.permissions.rule import TEAM, Doors, Open, Rule

_CUSTOMER = frozenset({"customer"})
_TEAM, _OWN = "api/customer-service/chats", "api/user/customer-service/chats"

# Li Si supervises nobody: their own chats, or what waits, are not theirs to watch.
_NO_SUPERVISOR = {("staff", "own"): "403", ("staff", "bound"): "403"}
_ONE, _OWN_ONE = f"{_TEAM}/<id:pk>", f"{_OWN}/<id:pk>"

DOORS: Doors = {
    ("GET", _TEAM): Rule(TEAM, lists="chat"),
    ("GET", _ONE): Rule(TEAM, kind="chat"),
    ("GET", f"{_ONE}/events"): Rule(TEAM, kind="chat"),
    ("POST", f"{_ONE}/end"): Rule(TEAM, kind="chat"),
    ("POST", f"{_ONE}/to-ticket"): Rule(TEAM, kind="chat"),
    ("POST", f"{_ONE}/transfer"): Rule(TEAM, kind="chat", body=lambda w: {"agent": "wangwu"}),
    ("POST", f"{_ONE}/reopen"): Rule(TEAM, kind="chat"),
    ("POST", f"{_ONE}/listen"): Rule(TEAM, kind="chat", but=_NO_SUPERVISOR),
    ("POST", f"{_ONE}/whisper"): Rule(
        TEAM, kind="chat", body=lambda w: {"content": "慢一点"}, but=_NO_SUPERVISOR
    ),
    ("POST", f"{_ONE}/take-over"): Rule(
        TEAM, kind="chat", but={("staff", "own"): "403", ("staff", "bound"): "409"}
    ),
    ("POST", f"{_OWN_ONE}/reopen"): Rule(_CUSTOMER, kind="chat"),
    ("POST", f"{_OWN_ONE}/rate"): Rule(_CUSTOMER, kind="chat", body=lambda w: {"score": 5}),
    ("GET", _OWN): Rule(_CUSTOMER, lists="chat"),
    ("GET", _OWN_ONE): Rule(_CUSTOMER, kind="chat"),
    ("POST", f"{_OWN_ONE}/end"): Rule(_CUSTOMER, kind="chat"),
}
OPEN: dict[tuple[str, str], Open] = {}
SOCKETS: dict[str, frozenset[str]] = {}
