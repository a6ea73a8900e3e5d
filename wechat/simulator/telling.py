"""Telling the company what a person wrote: tries, the reply, and what the sender sees of it."""

import threading
import time
from collections.abc import Callable
from typing import Any

import requests
from django.db import connections

from wechat.simulator import bodies, callbacks, members, robot_payloads, smart_robot
from wechat.simulator.answers import PlatformError
from wechat.simulator.callbacks import BadReply, Sealed
from wechat.simulator.models import CallbackState, ChatMessage

# A first try and the three that the platform adds while it gets no 200 (§0.5).
TRIES = 4
REFRESH_SECONDS = 1.0
STREAM_SECONDS = 360

Reply = dict[str, Any] | None


class NoAnswer(Exception):
    """Every try ended without a 200; the text says how the last one did."""


def tell(message: ChatMessage) -> None:
    """In the background, as long as that takes; the outcome shows on the sender's bubble."""
    threading.Thread(
        target=_tell, args=(message,), name=f"sandbox-callback-{message.pk}", daemon=True
    ).start()


def _tell(message: ChatMessage) -> None:
    try:
        if message.chat_id == members.GROUP_ID:
            _tell_robot(message)
        else:
            _tell_app(message)
    except (NoAnswer, BadReply) as failure:
        message.change(callback_state=CallbackState.FAILED, callback_note=f"回调失败：{failure}")
    except PlatformError as refusal:
        message.change(
            callback_state=CallbackState.FAILED,
            callback_note=f"应答被平台拒绝：{refusal.errmsg}"[:100],
        )
    finally:
        connections.close_all()


def _tell_app(message: ChatMessage) -> None:
    words = bodies.text_of(message.content)
    plain = callbacks.app_text(message.sender, words, str(message.pk))
    _, response, tries = _deliver(lambda: callbacks.seal_xml(plain))
    reply = callbacks.open_xml(response.content)
    _done(message, tries)
    if reply is not None:
        answer = {"content": str(reply.get("Content") or "")}
        ChatMessage.objects.create(
            chat_id=message.chat_id,
            sender="app",
            kind="text",
            content={"msgtype": "text", "text": answer},
        )


def _tell_robot(message: ChatMessage) -> None:
    reply, tries = _ask_robot(robot_payloads.group_text(message))
    _done(message, tries)
    if reply is None:
        return
    kind = reply.get("msgtype")
    if kind in ("stream", "stream_with_template_card"):
        _follow(message, _stream_of(reply))
    if kind in ("template_card", "stream_with_template_card"):
        _, card = bodies.content_of(
            {**reply, "msgtype": "template_card"}, {"template_card"}, owner="app"
        )
        smart_robot.show(message, {"msgtype": "template_card", "template_card": card})
    elif kind != "stream":
        raise BadReply(f"不支持的应答类型 {str(kind)[:20]}")


def _follow(asked: ChatMessage, stream: dict[str, Any]) -> None:
    """Shows an answer that grows, asking for more about once a second, for six minutes at most."""
    bubble = smart_robot.bubble(asked, {"msgtype": "stream", "stream": stream})
    deadline = time.monotonic() + STREAM_SECONDS
    while not stream["finish"]:
        if time.monotonic() > deadline:
            bubble.change(content={"msgtype": "stream", "stream": {**stream, "expired": True}})
            raise NoAnswer("流式应答超过 6 分钟未完成")
        time.sleep(REFRESH_SECONDS)
        try:
            reply, _ = _ask_robot(robot_payloads.stream_refresh(asked, stream["id"]))
        except NoAnswer:
            continue
        if reply is None:
            continue
        stream = _stream_of(reply)
        bubble.change(content={"msgtype": "stream", "stream": stream})
    smart_robot.record(asked, {"msgtype": "stream", "stream": stream})


def _stream_of(reply: dict[str, Any]) -> dict[str, Any]:
    stream = reply.get("stream")
    if not isinstance(stream, dict) or not isinstance(stream.get("id"), str) or not stream["id"]:
        raise BadReply("流式应答缺少 stream.id")
    content = stream.get("content", "")
    if not isinstance(content, str):
        raise BadReply("stream.content 必须是文本")
    bodies.limit_bytes(content, smart_robot.CONTENT_BYTES)
    return {"id": stream["id"], "finish": stream.get("finish") is True, "content": content}


def _ask_robot(plain: str) -> tuple[Reply, int]:
    sealed, response, tries = _deliver(lambda: callbacks.seal_json(plain))
    return callbacks.open_json(response.content, sealed.query["nonce"]), tries


def _deliver(seal: Callable[[], Sealed]) -> tuple[Sealed, requests.Response, int]:
    """What was sent at last, the 200 it got, and after how many tries; raises `NoAnswer`.

    Each try is encrypted anew, as the platform may do.
    """
    outcome = ""
    for number in range(1, TRIES + 1):
        sealed = seal()
        try:
            response = callbacks.send(sealed)
        except requests.RequestException as error:
            outcome = type(error).__name__
            continue
        if response.status_code == 200:
            return sealed, response, number
        outcome = f"HTTP {response.status_code}"
    raise NoAnswer(f"{outcome}（共 {TRIES} 次）")


def _done(message: ChatMessage, tries: int) -> None:
    note = "已回调" if tries == 1 else f"第 {tries} 次回调成功"
    message.change(callback_state=CallbackState.DONE, callback_note=note)
