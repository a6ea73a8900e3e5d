"""`POST /sandbox/api/official {act, openid, …}`: a follower does something; GET: who there is."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from wechat.simulator import callbacks
from wechat.simulator.answers import InvalidRequest, json_object, sandbox_api
from wechat.simulator.contacts.acts.told import whole
from wechat.simulator.models import CallbackState, ChatMessage, Follower
from wechat.simulator.official import followers, phone, sealing, telling
from wechat.simulator.official.acts import following, messages
from wechat.simulator.official.acts.told import Done
from wechat.simulator.official.sealing import Console

MAX_TIMES = 10
MAX_AGE_SECONDS = 3 * 86400
_DOING: tuple[Callable[[dict[str, Any]], Done], ...] = (
    following.follow,
    following.unfollow,
    following.scan,
    following.click,
    following.view,
    following.locate,
    following.other,
    messages.say,
    messages.send_image,
    messages.send_voice,
    messages.send_video,
    messages.send_location,
    messages.send_link,
)
ACTS = {act.__name__: act for act in _DOING}


@sandbox_api("GET", "POST")
def official(request: HttpRequest) -> HttpResponse:
    """POST also takes `mode`, `format`, `times`, `age_seconds`, `callback` and `wait`."""
    if request.method == "POST":
        return JsonResponse(_act(json_object(request)))
    rows = list(Follower.objects.order_by("-id")[:200])
    shown = [_shown(row) for row in rows]
    if all(row.openid != followers.ZHANGSAN for row in rows):
        shown.append(_shown(Follower(openid=followers.ZHANGSAN, name="张三")))
    return JsonResponse({"list": shown})


def _act(body: dict[str, Any]) -> dict[str, Any]:
    """`event` is the callback in plain, `answers` what the company said to each delivery."""
    act, console = body.get("act"), _console(body)
    if not isinstance(act, str) or act not in ACTS:
        raise InvalidRequest("act", f"必须是 {'、'.join(ACTS)} 之一")
    times = max(1, whole(body, "times", most=MAX_TIMES, default=1))
    age = whole(body, "age_seconds", most=MAX_AGE_SECONDS, default=0)
    is_told, is_waiting = _flag(body, "callback"), _flag(body, "wait")
    with transaction.atomic():
        done = ACTS[act](body)
        message = ChatMessage.objects.create(
            chat_id=phone.chat_of(body["openid"]),
            sender=body["openid"],
            kind=done.bubble["msgtype"],
            content=done.bubble,
            callback_state=CallbackState.PENDING if is_told else CallbackState.NONE,
        )
    fields = _fields(done, message, age)
    answers = []
    if is_told and is_waiting:
        answers = telling.tell(message, fields, console, times)
    elif is_told:
        _tell_later(message, fields, console, times)
    return {
        "openid": body["openid"],
        "message_id": message.pk,
        "event": fields,
        "answers": [asdict(answer) for answer in answers],
    }


def _fields(done: Done, message: ChatMessage, age: int) -> dict[str, Any]:
    number = {"MsgId": int(f"24{message.pk:017}")} if done.is_message else {}
    return {
        "ToUserName": callbacks.OFFICIAL_NAME,
        "FromUserName": message.sender,
        "CreateTime": int(time.time()) - age,
        **done.fields,
        **number,
    }


def _tell_later(message: ChatMessage, fields: dict[str, Any], console: Console, times: int) -> None:
    def work() -> None:
        try:
            telling.tell(message, fields, console, times)
        finally:
            connections.close_all()

    threading.Thread(target=work, name=f"sandbox-official-{message.pk}", daemon=True).start()


def _console(body: dict[str, Any]) -> Console:
    mode, form = body.get("mode", "safe"), body.get("format", "xml")
    if mode not in sealing.MODES:
        raise InvalidRequest("mode", f"必须是 {'、'.join(sealing.MODES)} 之一")
    if form not in sealing.FORMATS:
        raise InvalidRequest("format", f"必须是 {'、'.join(sealing.FORMATS)} 之一")
    return Console(mode, form)


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, True)
    if not isinstance(value, bool):
        raise InvalidRequest(name, "必须是 true 或 false")
    return value


def _shown(row: Follower) -> dict[str, Any]:
    return {
        "openid": row.openid,
        "name": row.name,
        "unionid": row.unionid,
        "scene": row.scene,
        "is_following": row.is_following,
        "followed_at": timezone.localtime(row.followed_at).isoformat(),
        "chat_id": phone.chat_of(row.openid),
    }
