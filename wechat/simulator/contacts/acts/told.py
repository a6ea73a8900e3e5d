"""What an act is told, read strictly; errors name the field."""

from dataclasses import dataclass, field
from typing import Any

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts.models import Colleague, Contact, Follow, GroupChat

ID_LENGTH = 64
NAME_LENGTH = 30
MOST_IDS = 200


@dataclass(frozen=True)
class Done:
    """What the company is to be told, and what the caller may want to know."""

    events: list[str]
    result: dict[str, Any] = field(default_factory=dict)


def word(
    body: dict[str, Any], name: str, *, most: int = ID_LENGTH, default: str | None = None
) -> str:
    """A text; without a default it must be there."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most or (default is None and not value):
        raise InvalidRequest(name, f"必须是 {most} 字以内的文本")
    return value


def words(body: dict[str, Any], name: str, *, least: int = 1) -> list[str]:
    value = body.get(name, [])
    if not isinstance(value, list) or not least <= len(value) <= MOST_IDS:
        raise InvalidRequest(name, f"必须是 {least} 到 {MOST_IDS} 项的列表")
    if not all(isinstance(item, str) and 0 < len(item) <= ID_LENGTH for item in value):
        raise InvalidRequest(name, "必须是文本的列表")
    return list(dict.fromkeys(value))


def whole(body: dict[str, Any], name: str, *, most: int, default: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise InvalidRequest(name, f"必须是 0 到 {most} 之间的整数")
    return value


def the_contact(body: dict[str, Any]) -> Contact:
    found = Contact.objects.filter(external_userid=word(body, "external_userid")).first()
    if found is None:
        raise InvalidRequest("external_userid", "没有这位客户")
    return found


def the_colleague(body: dict[str, Any], name: str = "userid") -> Colleague:
    """Somebody who works here today."""
    found = Colleague.objects.filter(userid=word(body, name), left_at=None).first()
    if found is None:
        raise InvalidRequest(name, "没有这位成员，或已离职")
    return found


def the_follow(body: dict[str, Any]) -> Follow:
    userid = word(body, "userid")
    rows = Follow.objects.select_for_update(of=("self",)).select_related("contact")
    found = rows.filter(contact=the_contact(body), userid=userid).first()
    if found is None:
        raise InvalidRequest("userid", "这位成员没有这位客户")
    return found


def the_chat(body: dict[str, Any]) -> GroupChat:
    rows = GroupChat.objects.select_for_update()
    found = rows.filter(chat_id=word(body, "chat_id")).first()
    if found is None:
        raise InvalidRequest("chat_id", "没有这个客户群")
    return found
