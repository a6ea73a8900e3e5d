"""Who may come in at which door: knowledge."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, TEAM, Doors, Open, Rule

_ARTICLE, _GAP = "api/ai/knowledge/articles/<id:pk>", "api/ai/knowledge/gaps/<id:pk>"
_READ = Scope.TICKETS_READ.value

DOORS: Doors = {
    ("GET", "api/ai/knowledge/articles"): Rule(TEAM, _READ),
    ("POST", "api/ai/knowledge/articles"): Rule(
        ADMINS, body=lambda w: {"title": "怎么注销", "body": "请联系客服。"}
    ),
    ("GET", _ARTICLE): Rule(TEAM, _READ, kind="article"),
    ("PATCH", _ARTICLE): Rule(ADMINS, kind="article", body=lambda w: {"category": "账号"}),
    ("DELETE", _ARTICLE): Rule(ADMINS, kind="article"),
    ("POST", f"{_ARTICLE}/use"): Rule(TEAM, kind="article"),
    # What an assistant said to a customer is judged by who sees the customer.
    ("POST", "api/ai/knowledge/hits/<id:pk>/feedback"): Rule(
        TEAM, kind="hit", body=lambda w: {"was_helpful": True}
    ),
    ("GET", "api/ai/knowledge/search"): Rule(TEAM, _READ),
    ("GET", "api/ai/knowledge/gaps"): Rule(TEAM, _READ),
    ("POST", f"{_GAP}/answer"): Rule(ADMINS, kind="gap", body=lambda w: {"body": "可以。"}),
    ("POST", f"{_GAP}/ignore"): Rule(ADMINS, kind="gap"),
    ("GET", "api/ai/turns"): Rule(TEAM, _READ, lists="turn"),
    ("GET", "api/customer-service/chats/<id:pk>/suggestions"): Rule(TEAM, kind="chat"),
}
OPEN: dict[tuple[str, str], Open] = {}
