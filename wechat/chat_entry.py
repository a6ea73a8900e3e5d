"""Talking with customers in the WeCom app: who is no member of the team is one (docs/chat-entries.md).

Members of the corporation reach the app without a window or a count; the platform drops a member's
31st message of a minute without a word, so the channel slows down before (wechat-protocol.md §4.2).
"""

from typing import Any

from config.runtime import store
from customers.actors import Entry
from customers.models import CustomerChannel, CustomerIdentifier, User
from messaging.markup import cut_utf8
from messaging.models import ChannelType
from tickets.assistant import reception
from tickets.assistant.saying import say
from tickets.models import Chat, ChatMessage, Intent
from wechat.channels.bodies import TEXT_BYTES
from wechat.channels.work_wechat.sender import USER_ID
from wechat.chat_words import words_of
from wechat.client.moments import moment
from wechat.menu_choices import intent_of
from wechat.models import Callback, CallbackSource
from wechat.text_entry import TextEntry

STRANGERS = "chat.wecom_app_strangers"
TAP = "click"
# What the app was sent beside words, and where its address stands, if it has one.
_KINDS = {
    "image": ("图片", "PicUrl"),
    "voice": ("语音", ""),
    "video": ("视频", ""),
    "file": ("文件", ""),
    "location": ("位置", "Label"),
    "link": ("链接", "Url"),
}


class WeComAppEntry(TextEntry):
    code = "wecom_app"
    label = "企业微信应用"
    channel = ChannelType.WORK_WECHAT
    door = Entry.WECOM_APP
    text_bytes = TEXT_BYTES
    customer_channel = CustomerChannel.WECOM

    def payload(self, chat: Chat, message: ChatMessage) -> dict[str, Any]:
        """Without the duplicate check: 好的 may be said twice in half an hour."""
        content = cut_utf8(words_of(message), TEXT_BYTES)
        return {"is_reply": True, "msgtype": "text", "text": {"content": content}}

    def plain(self, text: str, account: str = "") -> dict[str, Any]:
        content = cut_utf8(text, TEXT_BYTES)
        return {"is_reply": True, "msgtype": "text", "text": {"content": content}}

    def name_for(self, address: str) -> str:
        return f"企业微信用户 {address}"


ENTRY = WeComAppEntry()


def hear(callback: Callback) -> str | None:
    """What was done about a customer's message to the app, or their tap on its menu.

    None for members of the team and for other events. Runs in the callback's own transaction.
    """
    payload = callback.payload
    user_id = str(payload.get("FromUserName") or "")
    is_heard = callback.source == CallbackSource.WECOM_APP and callback.event in ("", TAP)
    if not is_heard or not _is_customer(user_id):
        return None
    where: dict[str, Any] = {
        "entry": ENTRY.code,
        "address": user_id,
        "external_id": callback.dedupe_key,
        "at": moment(payload.get("CreateTime")),
    }
    if callback.event == TAP:
        # Whatever is not known is answered with what the assistant can do.
        intent = intent_of(str(payload.get("EventKey") or "")) or Intent.SMALL_TALK
        heard = reception.hear_choice(intent=intent, **where)
    else:
        heard = reception.hear(content=said(payload), **where)
    say(entry=ENTRY.code, address=user_id, text=heard.reply)
    return heard.note


def said(payload: dict[str, Any]) -> str:
    """A text's words; of anything else what it is, and where it can be seen."""
    kind = str(payload.get("MsgType") or "")
    if kind == "text":
        return str(payload.get("Content") or "")
    name, field = _KINDS.get(kind, ("消息", ""))
    parts = [f"[{name}]", str(payload.get("Title") or ""), str(payload.get(field) or "")]
    return " ".join(part for part in parts if part)


def _is_customer(user_id: str) -> bool:
    """Colleagues never are, not even those whose account has been switched off."""
    if not USER_ID.fullmatch(user_id) or User.objects.filter(wecom_user_id=user_id).exists():
        return False
    if store.get(STRANGERS):
        return True
    return CustomerIdentifier.objects.filter(address=user_id, channel=ENTRY.channel).exists()
