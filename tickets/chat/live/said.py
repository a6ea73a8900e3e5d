"""What a page says: each frame checked, then done by the same actions as the API's calls."""

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.exceptions import ParseError

from config.api.parsers import check_storable
from config.errors import AppError, InvalidInputError
from config.sockets.frames import frame
from config.sockets.refusals import refusal
from customers.actors import Actor
from tickets.api.chat.chat import ChatMessageSerializer
from tickets.chat import limits
from tickets.chat.live.callers import Caller
from tickets.chat.messages.actions import agent_say, customer_say
from tickets.chat.messages.marks import messages_delivered, messages_read
from tickets.chat.visibility import chats_visible_to
from tickets.models import Chat, ChatStatus

Said = Mapping[str, Any]
LARGEST = 2**63 - 1
NUMBERS = 2**31 - 1
_LONGEST = {"content": 20_000, "client_id": 64, "msg_type": 20}
_FAILED = {
    "status": 503,
    "errors": [{"code": "unavailable", "detail": "暂时无法处理，请稍后重试", "attr": None}],
}


def answered(do: Callable[[], str | None], said: Said, refused: str = "error") -> str | None:
    """What `do` answers, or a frame `refused` that says why not. Lets `Fallen` pass."""
    client_id = said.get("client_id")
    about = {"client_id": client_id} if _is_storable(client_id) else {}
    try:
        return do()
    except AppError as error:
        return frame(refused, **about, **refusal(error))


def failed(said: Said, refused: str = "error") -> str:
    """Nobody foresaw it, and the page may try again."""
    client_id = said.get("client_id")
    about = {"client_id": client_id} if _is_storable(client_id) else {}
    return frame(refused, **about, **_FAILED)


def say(caller: Caller, chat_id: int | None, said: Said) -> str | None:
    """`message.send`; a console names its `chat_id`, a customer's page has one."""
    actor = caller.actor()

    def do() -> str:
        _check(said)
        arguments: dict[str, Any] = {
            "chat_id": chat_id or key(said, "chat_id"),
            "actor": actor,
            "content": _text(said, "content"),
            "type": _text(said, "msg_type") or "text",
            "client_id": _text(said, "client_id"),
        }
        data = said.get("data") or {}
        if not isinstance(data, dict):
            raise InvalidInputError("data 必须是对象", attr="data")
        limits.check("send_message", limits.principal_of(actor))
        if actor.is_team:
            last_seen = _number(said, "last_seen", is_needed=False)
            message = agent_say(**arguments, data=data, last_seen=last_seen)
        else:
            message = customer_say(**arguments)
        told = ChatMessageSerializer(message, context={"is_team": actor.is_team}).data
        return frame("message.accepted", client_id=arguments["client_id"], message=told)

    return answered(do, said, "message.refused")


def mark(caller: Caller, chat_id: int | None, said: Said) -> str | None:
    """`message.delivered` and `message.read`, up to a number of the chat."""
    actor = caller.actor()

    def do() -> None:
        up_to = _number(said, "up_to")
        act = messages_read if said["type"] == "message.read" else messages_delivered
        act(chat_id=chat_id or key(said, "chat_id"), actor=actor, up_to=up_to or 0)

    return answered(do, said)


def open_chat(caller: Caller, chat_id: int) -> Chat | None:
    """The chat, where this caller may see it. Raises `Fallen`."""
    return _visible(caller.actor(), chat_id)


def typing_in(caller: Caller, chat_id: int) -> tuple[Actor, Chat] | None:
    """Who types in which chat; None where there is nobody to tell. Raises `Fallen`."""
    actor = caller.actor()
    chat = _visible(actor, chat_id)
    return (actor, chat) if chat is not None and chat.status == ChatStatus.ACTIVE else None


def key(said: Said, name: str) -> int:
    """Raises `InvalidInputError` unless a positive key stands there."""
    value = said.get(name)
    if type(value) is not int or not 0 < value <= LARGEST:
        raise InvalidInputError(f"{name} 必须是编号", attr=name)
    return value


def _visible(actor: Actor, chat_id: int) -> Chat | None:
    return chats_visible_to(actor).filter(pk=chat_id).first()


def _check(said: Said) -> None:
    try:
        check_storable(dict(said))
    except ParseError as error:
        raise InvalidInputError(str(error.detail), attr="content") from None


def _is_storable(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST["client_id"] and value.isprintable()


def _text(said: Said, name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise InvalidInputError(f"{name} 必须是文字", attr=name)
    if len(value) > _LONGEST[name]:
        raise InvalidInputError(f"{name} 过长", code="max_length", attr=name)
    return value


def _number(said: Said, name: str, *, is_needed: bool = True) -> int | None:
    value = said.get(name)
    if value is None and not is_needed:
        return None
    if type(value) is not int or not 0 <= value <= NUMBERS:
        raise InvalidInputError(f"{name} 必须是消息序号", attr=name)
    return value
