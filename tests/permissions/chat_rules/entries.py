"""Messages that have not left yet, or could not."""

from tests.permissions.rule import TEAM, Doors, Open, Rule

_MESSAGE = "api/customer-service/chats/<id:pk>/messages/<id:message_id>"
# The world's messages are the customers' own, and have arrived.
_ARRIVED = {
    (who, which): "409"
    for who, seen in (("staff", ("own", "bound")), ("admin", ("own", "bound", "foreign")))
    for which in seen
}

DOORS: Doors = {
    ("DELETE", _MESSAGE): Rule(
        TEAM, kind="chat", more={"message_id": "chat_message"}, but=_ARRIVED
    ),
    ("POST", f"{_MESSAGE}/resend"): Rule(
        TEAM, kind="chat", more={"message_id": "chat_message"}, but=_ARRIVED
    ),
}
OPEN: dict[tuple[str, str], Open] = {}
SOCKETS: dict[str, frozenset[str]] = {}
