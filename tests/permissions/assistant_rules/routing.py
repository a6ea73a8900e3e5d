"""Who may come in at which door: routing."""

from uuid import uuid4

from tests.permissions.rule import TEAM, Doors, Open, Rule

DOORS: Doors = {
    ("POST", "api/ai/router"): Rule(
        TEAM,
        "tickets:write",
        # Somebody new each time: whom one caller has met, another may not see.
        body=lambda world: {"entry": "wecom", "user_id": uuid4().hex, "content": "你好"},
    ),
}
OPEN: dict[tuple[str, str], Open] = {}
