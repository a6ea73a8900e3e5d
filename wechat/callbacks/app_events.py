"""What members do with the app, and what becomes of the app itself (wechat-protocol.md §§2.2, 2.7).

A button of a card, or an entry of the menu, whose key is a command (`/帮助`, `#123 已解决`) is that command
said by the member; of another entry of the menu `app_menu` knows what it is to a colleague. What
customers tap is heard by `wechat.chat_entry`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from config.events.publish import publish
from config.logs import get_logger
from customers.actors import Actor, Entry, actor_for
from customers.queries.staff import staff_by_wecom_user_id
from wechat.callbacks import app_menu
from wechat.callbacks.inbound import Inbound
from wechat.commands.handlers import run_command
from wechat.commands.replies import send_reply
from wechat.sync.payloads import moment, text

logger = get_logger(__name__)

ALERT = "wecom.app.alerted"
KEY_LENGTH = 1024
# What the platform says of an app that is about to be, or has been, switched off.
ALERTS = {
    "inactive_alert": "应用长期无人使用，即将被停用",
    "low_active_alert": "应用使用人数过少，即将被停用",
    "close_inactive_agent": "应用因长期无人使用已被停用",
    "low_active": "应用因使用人数过少已被限制",
    "reopen_inactive_agent": "应用已重新启用",
    "active_restored": "应用的活跃度已恢复",
}
NOTED = {
    "subscribe": "成员可以使用应用了",
    "unsubscribe": "成员不再能使用应用",
    "enter_agent": "成员打开了应用",
    "view": "成员打开了菜单的网页",
    "view_miniprogram": "成员打开了菜单的小程序",
    "location": "成员的位置",
    "LOCATION": "成员的位置",
    "scancode_push": "成员扫了码",
    "scancode_waitmsg": "成员扫了码",
    "pic_sysphoto": "成员拍了照片",
    "pic_photo_or_album": "成员选了照片",
    "pic_weixin": "成员选了照片",
    "location_select": "成员选了位置",
    "msgaudit_notify": "会话存档有新数据（没有接入）",
}
Handler = Callable[[dict[str, Any], datetime], str]


def pressed(payload: dict[str, Any], at: datetime) -> str:
    """A menu's entry or a card's button."""
    key = text(payload, "EventKey", KEY_LENGTH)
    user = staff_by_wecom_user_id(text(payload, "FromUserName", 64))
    if user is None:
        return f"不是员工，未处理：{key}"
    actor = actor_for(user, Entry.WECOM_APP)
    is_command = key.startswith(("/", "#", "／", "＃"))
    if not is_command and payload.get("Event") != "click":
        return f"不是命令，未处理：{key}"
    said = _command(key, payload, actor) if is_command else app_menu.chosen(key, actor)
    send_reply(Inbound(user_id=str(user.wecom_user_id), text=key, entry=Entry.WECOM_APP), said)
    return said


def _command(key: str, payload: dict[str, Any], actor: Actor) -> str:
    source_id = ":".join(text(payload, name, 128) for name in ("TaskId", "ResponseCode"))
    return run_command(
        key,
        actor=actor,
        bot_name=settings.AIBOT_NAME,
        # A card's code is good once; a menu may be pressed again and again.
        source_id=f"card:{source_id}"[:160] if payload.get("ResponseCode") else "",
    ).text


def alerted(payload: dict[str, Any], at: datetime) -> str:
    """The app's own fate: administrators are told."""
    event = text(payload, "Event", 64)
    takes_effect = moment(payload.get("EffectTime"))
    logger.warning("wecom_app_alert", event_name=event, agent_id=text(payload, "AgentID", 20))
    data = {
        "event": event,
        "agent_id": text(payload, "AgentID", 20),
        "at": at.isoformat(),
        "effect_at": takes_effect.isoformat() if takes_effect else "",
    }
    publish(ALERT, data)
    return ALERTS[event]


def job_done(payload: dict[str, Any], at: datetime) -> str:
    """A batch job of the address book; we start none, so it is somebody's at the console."""
    job = payload.get("BatchJob")
    found = job if isinstance(job, dict) else {}
    code = text(found, "ErrCode", 20)
    outcome = "已完成" if code in ("", "0") else f"失败：{text(found, 'ErrMsg', 100)}（{code}）"
    return f"异步任务 {text(found, 'JobType', 40)} {outcome}"


def _noted(words: str) -> Handler:
    def note(payload: dict[str, Any], at: datetime) -> str:
        return words

    return note


HANDLERS: dict[str, Handler] = {
    **{event: _noted(words) for event, words in NOTED.items()},
    **dict.fromkeys(ALERTS, alerted),
    **dict.fromkeys(("click", "template_card_event", "template_card_menu_event"), pressed),
    "batch_job_result": job_done,
}


def alert_words(data: dict[str, Any]) -> str:
    """For administrators, in the markdown of the app."""
    lines = [
        f"⚠️ **企业微信：{ALERTS.get(data['event'], data['event'])}**",
        f"应用：{data['agent_id']}",
    ]
    if data["effect_at"]:
        effect = timezone.localtime(datetime.fromisoformat(data["effect_at"]))
        lines.append(f"生效时间：{effect:%Y-%m-%d %H:%M}")
    lines.append("请登录企业微信管理后台查看应用状态")
    return "\n".join(lines)
