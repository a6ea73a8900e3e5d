"""Who may come in at which door: kf.

The world's chats came through the web page, so whoever may act on them is told that they are no
talks of kf; whoever has no charge of them, that they may not.
"""

from tests.permissions.rule import TEAM, Doors, Open, Rule

_ONE = "api/customer-service/chats/<id:pk>"
_NO_KF = {
    **dict.fromkeys([("staff", which) for which in ("own", "bound")], "409"),
}

DOORS: Doors = {
    ("GET", f"{_ONE}/kf-servicers"): Rule(TEAM, kind="chat", but=_NO_KF),
    ("POST", f"{_ONE}/kf-transfer"): Rule(
        TEAM, kind="chat", body=lambda w: {"to": "queue"}, but=_NO_KF
    ),
}
OPEN: dict[tuple[str, str], Open] = {}
