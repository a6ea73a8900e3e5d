"""Telling the company what a follower did: tries, the passive reply, and what the phone shows."""

from dataclasses import dataclass
from typing import Any

import requests

from wechat.simulator import callbacks
from wechat.simulator.callbacks import BadReply
from wechat.simulator.models import CallbackState, ChatMessage
from wechat.simulator.official import phone, sealing
from wechat.simulator.official.sealing import Console

# A first try and the three that the platform adds while it gets no 200 (§0.5).
TRIES = 4
SHOWN_CHARACTERS = 2000
OUT_OF_SERVICE = "该公众号提供的服务出现故障，请稍后再试"


@dataclass(frozen=True)
class Answer:
    """What came back of one delivery; status 0: nothing."""

    status: int
    body: str
    reply: dict[str, Any] | None = None
    refused: str = ""


def tell(
    message: ChatMessage, fields: dict[str, Any], console: Console, times: int = 1
) -> list[Answer]:
    """Delivers it `times` times, each until there is a 200; the first reply is shown, as it is there."""
    openid = str(fields["FromUserName"])
    answers = [_deliver(fields, openid, console) for _ in range(times)]
    last = answers[-1]
    if last.status != 200 or last.refused:
        why = last.refused or f"HTTP {last.status}" if last.status else last.body
        message.change(callback_state=CallbackState.FAILED, callback_note=f"回调失败：{why}"[:100])
        _show_text(openid, OUT_OF_SERVICE, way="platform")
        return answers
    message.change(callback_state=CallbackState.DONE, callback_note="已回调")
    reply = next((answer.reply for answer in answers if answer.reply is not None), None)
    if reply is not None:
        phone.show(openid, "passive", _content(reply))
    return answers


def _deliver(fields: dict[str, Any], openid: str, console: Console) -> Answer:
    answer = Answer(0, "")
    for _ in range(TRIES):
        try:
            response = callbacks.send(sealing.seal(fields, console))
        except requests.RequestException as error:
            answer = Answer(0, type(error).__name__)
            continue
        answer = Answer(response.status_code, response.text[:SHOWN_CHARACTERS])
        if response.status_code == 200:
            return _read(response, openid, console)
    return answer


def _read(response: requests.Response, openid: str, console: Console) -> Answer:
    text = response.text[:SHOWN_CHARACTERS]
    try:
        return Answer(200, text, sealing.reply_in(response.content, openid, console))
    except BadReply as refusal:
        return Answer(200, text, refused=str(refusal))


def _content(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply as a customer-service message would carry it."""
    kind = str(reply["MsgType"])
    if kind == "text":
        return {"msgtype": "text", "text": {"content": str(reply.get("Content") or "")}}
    return {"msgtype": kind, kind: reply}


def _show_text(openid: str, text: str, way: str) -> None:
    phone.show(openid, way, {"msgtype": "text", "text": {"content": text}})
