"""Who may come in at which door: learning."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, TEAM, Doors, Open, Rule

_EXAMPLE = {"text": "打印机卡纸了", "intent": "fault"}

DOORS: Doors = {
    ("GET", "api/ai/examples"): Rule(ADMINS),
    ("POST", "api/ai/examples"): Rule(ADMINS, body=lambda w: _EXAMPLE),
    ("GET", "api/ai/examples/<id:pk>"): Rule(ADMINS, kind="intent_example"),
    ("PATCH", "api/ai/examples/<id:pk>"): Rule(
        ADMINS, kind="intent_example", body=lambda w: {"intent": "other"}
    ),
    ("DELETE", "api/ai/examples/<id:pk>"): Rule(ADMINS, kind="intent_example"),
    ("POST", "api/ai/turns/<id:pk>/correct"): Rule(
        TEAM, Scope.TICKETS_WRITE.value, kind="turn", body=lambda w: {"intent": "fault"}
    ),
    ("GET", "api/ai/models"): Rule(ADMINS),
    ("POST", "api/ai/models"): Rule(ADMINS, body=lambda w: {}),
    ("GET", "api/ai/models/<id:pk>"): Rule(ADMINS, kind="intent_model"),
    ("POST", "api/ai/models/roll-back"): Rule(ADMINS),
    ("POST", "api/ai/models/<id:pk>/shadow"): Rule(ADMINS, kind="intent_model"),
    ("POST", "api/ai/models/<id:pk>/activate"): Rule(ADMINS, kind="intent_model"),
    ("POST", "api/ai/models/<id:pk>/retire"): Rule(ADMINS, kind="intent_model"),
}
OPEN: dict[tuple[str, str], Open] = {}
