"""What a follower sees on the phone: one chat with the account, read at `/sandbox/api/chats/mp:…`."""

from typing import Any

from wechat.simulator.models import ChatMessage, Follower
from wechat.simulator.official import followers

KIND = "mp"
ACCOUNT = "official"


def chat_of(openid: str) -> str:
    return f"{KIND}:{openid}"


def show(openid: str, way: str, content: dict[str, Any]) -> None:
    """What the account sent, `way` one of passive, custom, template, subscribe.

    Only on phones that somebody plays: a load test's followers have none.
    """
    if openid != followers.ZHANGSAN and not Follower.objects.filter(openid=openid).exists():
        return
    ChatMessage.objects.create(
        chat_id=chat_of(openid),
        sender=ACCOUNT,
        kind=str(content["msgtype"]),
        content={**content, "way": way},
    )
