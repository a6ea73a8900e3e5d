"""The events of sync_msg: sessions, failures, servicers, what was taken back (§4.6)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from customers.actors import customer_actor
from messaging.actions.receipts import receipt_apply
from messaging.channels.base import Receipt, ReceiptStatus
from messaging.models import ChannelType
from tickets.chat.messages.recall import emptied
from tickets.chat.trail import lock_chat, save
from tickets.models import ChatMessage, Sender
from wechat.kf import notes, welcome
from wechat.kf.chat_entry import ENTRY
from wechat.kf.states import kf_customer, state_keep
from wechat.models import KfAccount, KfState

Handler = Callable[[KfAccount, dict[str, Any], datetime], str]

# Why a message did not arrive after all; others as the platform numbers them.
_FAILURES = {
    1: "客服账号已被封禁",
    2: "客户今日新增会话数达上限",
    4: "会话已过期",
    5: "会话已关闭",
    6: "超过 5 条限制",
    8: "主体未验证",
    10: "客户拒收",
    11: "企业未有成员登录企业微信客户端",
    12: "发送的消息为客服组件禁发的消息类型",
    13: "安全限制",
}
_OVER = 3
_RECEIVING = 1


def event_apply(account: KfAccount, event: dict[str, Any], at: datetime) -> str | None:
    """What was done about it; None for an event that nobody here acts on."""
    handler = HANDLERS.get(str(event.get("event_type") or ""))
    return None if handler is None else handler(account, event, at)


def session_entered(account: KfAccount, event: dict[str, Any], at: datetime) -> str:
    """They opened the talk. A code lets us greet them, once, within 20 seconds."""
    row = kf_customer(account, _text(event, "external_userid"))
    scene = " ".join(word for word in (_text(event, "scene"), _text(event, "scene_param")) if word)
    if scene and scene != row.scene:
        row.scene = scene[:64]
        row.save(update_fields=["scene"])
    code = str(event.get("welcome_code") or "")
    if not code:
        return "进入会话"
    return "进入会话，" + welcome.wish(row, code, at)


def send_failed(account: KfAccount, event: dict[str, Any], at: datetime) -> str:
    kind = event.get("fail_type")
    number = kind if isinstance(kind, int) and not isinstance(kind, bool) else 0
    detail = f"客户没有收到：{_FAILURES.get(number, f'平台未说明原因（{number}）')}"
    receipt_apply(
        ChannelType.KF,
        Receipt(
            ReceiptStatus.FAILED,
            provider_message_id=_text(event, "fail_msgid"),
            code=f"kf_fail_{number}",
            detail=detail,
            at=at,
        ),
    )
    return detail


def servicer_changed(account: KfAccount, event: dict[str, Any], at: datetime) -> str:
    userid, is_receiving = _text(event, "servicer_userid"), event.get("status") == _RECEIVING
    held = KfAccount.objects.select_for_update().get(pk=account.pk)
    others = [one for one in held.servicers if one.get("userid") != userid]
    held.servicers = [*others, {"userid": userid, "is_receiving": is_receiving}]
    held.save(update_fields=["servicers"])
    return f"接待人员 {userid} {'开始' if is_receiving else '停止'}接待"


def session_changed(account: KfAccount, event: dict[str, Any], at: datetime) -> str:
    """1 taken from the queue, 2 handed on, 3 over, 4 taken up again: the servicers' own acts."""
    row = kf_customer(account, _text(event, "external_userid"))
    if event.get("change_type") == _OVER:
        state_keep(row, KfState.ENDED)
        notes.note(row, "微信客服会话已由企业微信接待人员结束；客户再次发言后才能回复")
        return "会话结束"
    servicer = _text(event, "new_servicer_userid")
    state_keep(row, KfState.HUMAN, servicer)
    notes.note(row, f"企业微信接待人员 {notes.name_of(servicer)} 已接入，此后由其在企业微信中回复")
    return f"由 {servicer} 接待"


def message_recalled(account: KfAccount, event: dict[str, Any], at: datetime) -> str:
    """The customer took it back: nothing is left here either but that it was."""
    said = ChatMessage.objects.filter(
        entry=ENTRY.code, external_id=_text(event, "recall_msgid"), sender=Sender.CUSTOMER
    )
    found = said.exclude(external_id="").select_related("chat__customer").first()
    if found is None or found.recalled_at is not None:
        return "客户撤回了一条消息（没有在会话中）"
    actor = customer_actor(found.chat.customer, ENTRY.door)
    chat = lock_chat(found.chat_id, actor)
    emptied(chat, chat.messages.select_related("file").get(pk=found.pk), actor)
    save(chat)
    return f"客户撤回了会话 {chat.pk} 的消息 {found.number}"


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    return value[:64] if isinstance(value, str) else ""


HANDLERS: dict[str, Handler] = {
    "enter_session": session_entered,
    "msg_send_fail": send_failed,
    "servicer_status_change": servicer_changed,
    "session_status_change": session_changed,
    "user_recall_msg": message_recalled,
}
