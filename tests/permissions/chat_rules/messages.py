"""What is said in chats, from both sides."""

from typing import Any

from tests.permissions.rule import TEAM, Doors, Open, Rule
from tests.permissions.world import World

_CUSTOMER = frozenset({"customer"})
_TEAM, _OWN = "api/customer-service/chats/<id:pk>", "api/user/customer-service/chats/<id:pk>"
_MESSAGE, _FILE = {"message_id": "chat_message"}, {"file_id": "chat_file"}


def _words(world: World) -> dict[str, Any]:
    return {"content": "您好"}


# Only 李四 has a chat in hand: whoever else sees one may not answer in it.
_NOT_IN_HAND = {
    ("staff", "own"): "409",
    ("admin", "own"): "409",
    ("admin", "bound"): "409",
    ("admin", "foreign"): "409",
}
# The message is the customer's own.
_NOT_WRITERS = {
    (who, which): "403"
    for who, seen in (("staff", ("own", "bound")), ("admin", ("own", "bound", "foreign")))
    for which in seen
}

DOORS: Doors = {
    ("GET", f"{_TEAM}/messages"): Rule(TEAM, kind="chat"),
    ("POST", f"{_TEAM}/messages"): Rule(TEAM, kind="chat", body=_words, but=_NOT_IN_HAND),
    ("POST", f"{_TEAM}/messages/<id:message_id>/recall"): Rule(
        TEAM, kind="chat", more=_MESSAGE, but=_NOT_WRITERS
    ),
    ("POST", f"{_TEAM}/messages/<id:message_id>/mark-read"): Rule(TEAM, kind="chat", more=_MESSAGE),
    ("POST", f"{_TEAM}/read"): Rule(TEAM, kind="chat", body=lambda w: {"up_to": 1}),
    ("POST", f"{_TEAM}/notes"): Rule(TEAM, kind="chat", body=_words),
    # JSON is none of its languages, whoever comes in gets a 415.
    ("POST", f"{_TEAM}/files"): Rule(TEAM, kind="any chat"),
    ("GET", f"{_TEAM}/files/<id:file_id>"): Rule(TEAM, kind="chat", more=_FILE),
    ("GET", f"{_OWN}/messages"): Rule(_CUSTOMER, kind="chat"),
    ("POST", f"{_OWN}/messages"): Rule(_CUSTOMER, kind="chat", body=_words),
    ("POST", f"{_OWN}/messages/<id:message_id>/recall"): Rule(
        _CUSTOMER, kind="chat", more=_MESSAGE
    ),
    ("POST", f"{_OWN}/messages/<id:message_id>/mark-read"): Rule(
        _CUSTOMER, kind="chat", more=_MESSAGE
    ),
    ("POST", f"{_OWN}/read"): Rule(_CUSTOMER, kind="chat", body=lambda w: {"up_to": 1}),
    ("POST", f"{_OWN}/files"): Rule(_CUSTOMER, kind="any chat"),
    ("GET", f"{_OWN}/files/<id:file_id>"): Rule(_CUSTOMER, kind="chat", more=_FILE),
}
OPEN: dict[tuple[str, str], Open] = {}
SOCKETS: dict[str, frozenset[str]] = {}
