"""The chats of the sandbox page, and callbacks by hand: `/sandbox/api/…`."""

import json
from dataclasses import replace
from typing import Any

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from wechat.simulator import callbacks, members
from wechat.simulator.answers import InvalidRequest, json_object, sandbox_api
from wechat.simulator.models import ChatMessage
from wechat.simulator.outbox import integer

CONTENT_LENGTH = 5000
PAGE = 200
MAX_TIMES = 10
CORRUPTIONS = ("signature", "receiveid", "timestamp", "body")


@sandbox_api("GET")
def page(request: HttpRequest) -> HttpResponse:
    """`/sandbox/`."""
    return render(request, "sandbox/index.html", {"bot_name": settings.AIBOT_NAME})


@sandbox_api("GET")
def chats(request: HttpRequest) -> HttpResponse:
    group = {"id": members.GROUP_ID, "name": members.GROUP_NAME, "kind": "group"}
    singles = [
        {"id": f"app:{user}", "name": f"{name} 与应用", "kind": "app", "member": user}
        for user, name in members.MEMBERS.items()
    ]
    people = [{"userid": user, "name": name} for user, name in members.MEMBERS.items()]
    return JsonResponse(
        {"list": [group, *singles], "members": people, "bot_name": settings.AIBOT_NAME}
    )


@sandbox_api("GET", "POST")
def chat_messages(request: HttpRequest, chat_id: str) -> HttpResponse:
    if not _exists(chat_id):
        raise InvalidRequest("chat_id", "没有这个会话")
    if request.method == "POST":
        return JsonResponse(_shown(_say(chat_id, json_object(request))), status=201)
    rows = ChatMessage.objects.filter(chat_id=chat_id)
    since = integer(request, "since", 0, 2**62)
    newest = rows.filter(pk__gt=since).select_related("quote").order_by("-id")[:PAGE]
    # What became of the last callbacks shows on bubbles that the page has already.
    notes = rows.filter(pk__lte=since).exclude(callback_note="").order_by("-id")[:20]
    return JsonResponse(
        {
            "list": [_shown(row) for row in reversed(newest)],
            "notes": {str(row.pk): row.callback_note for row in notes},
        }
    )


def _say(chat_id: str, body: dict[str, Any]) -> ChatMessage:
    """What a person says; heard by us only as on the real platform."""
    sender, content = body.get("from"), body.get("content")
    if not isinstance(sender, str) or sender not in members.MEMBERS:
        raise InvalidRequest("from", "没有这位成员")
    if not isinstance(content, str) or not 0 < len(content.strip()) <= CONTENT_LENGTH:
        raise InvalidRequest("content", f"内容必须是 1 到 {CONTENT_LENGTH} 个字")
    in_group = chat_id == members.GROUP_ID
    if not in_group and chat_id != f"app:{sender}":
        raise InvalidRequest("from", "这是另一位成员的会话")
    message = ChatMessage.objects.create(
        chat_id=chat_id,
        sender=sender,
        kind="text",
        content={"msgtype": "text", "text": {"content": content}},
        quote=_quoted(chat_id, body.get("quote_id")),
    )
    if in_group and f"@{settings.AIBOT_NAME}" not in content.replace("＠", "@"):
        message.callback_note = f"没有 @{settings.AIBOT_NAME}，机器人收不到这条消息"
        message.save(update_fields=["callback_note"])
    else:
        callbacks.call_back(message)
    return message


def _quoted(chat_id: str, quote_id: Any) -> ChatMessage | None:
    if quote_id is None:
        return None
    if isinstance(quote_id, int) and 0 < quote_id < 2**62:
        found = ChatMessage.objects.filter(chat_id=chat_id, pk=quote_id).first()
        if found is not None:
            return found
    raise InvalidRequest("quote_id", "没有这条消息")


@sandbox_api("POST")
def raw_callback(request: HttpRequest) -> HttpResponse:
    """Sends one callback by hand, whole or corrupted, as often as asked; tells what came back."""
    body = json_object(request)
    target, payload = body.get("target"), body.get("payload")
    if target not in ("aibot", "work-message"):
        raise InvalidRequest("target", "必须是 aibot 或 work-message")
    if not isinstance(payload, (dict, str)):
        raise InvalidRequest("payload", "必须是对象或 XML 文本")
    times = body.get("times", 1)
    if not isinstance(times, int) or not 1 <= times <= MAX_TIMES:
        raise InvalidRequest("times", f"必须是 1 到 {MAX_TIMES} 之间的整数")
    corrupt = body.get("corrupt")
    if corrupt is not None and corrupt not in CORRUPTIONS:
        raise InvalidRequest("corrupt", f"必须是 {'、'.join(CORRUPTIONS)} 之一")
    plain = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    answers = []
    for _ in range(times):
        try:
            response = callbacks.send(_sealed(target, plain, corrupt))
        except requests.RequestException as error:
            answers.append({"status": 0, "body": type(error).__name__})
            continue
        answers.append({"status": response.status_code, "body": response.text[:2000]})
    return JsonResponse({"answers": answers})


def _sealed(target: str, plain: str, corrupt: str | None) -> callbacks.Sealed:
    timestamp = "1500000000" if corrupt == "timestamp" else ""
    if target == "aibot":
        receive_id = "somebody-else" if corrupt == "receiveid" else ""
        sealed = callbacks.seal_json(plain, timestamp=timestamp, receive_id=receive_id)
    else:
        other = "wwsomebodyelse" if corrupt == "receiveid" else None
        sealed = callbacks.seal_xml(plain, timestamp=timestamp, receive_id=other)
    if corrupt == "signature":
        return replace(sealed, query={**sealed.query, "msg_signature": "0" * 40})
    if corrupt == "body":
        return replace(sealed, body=sealed.body[: len(sealed.body) // 2])
    return sealed


def _exists(chat_id: str) -> bool:
    return chat_id == members.GROUP_ID or chat_id.removeprefix("app:") in members.MEMBERS


def _shown(row: ChatMessage) -> dict[str, Any]:
    quote = row.quote
    return {
        "id": row.pk,
        "sender": row.sender,
        "sender_name": _sender_name(row.sender),
        "kind": row.kind,
        "content": row.content,
        "quote": None
        if quote is None
        else {
            "sender_name": _sender_name(quote.sender),
            "kind": quote.kind,
            "content": quote.content,
        },
        "callback_note": row.callback_note,
        "created_at": timezone.localtime(row.created_at).isoformat(),
    }


def _sender_name(sender: str) -> str:
    own = {"robot": "群机器人", "aibot": settings.AIBOT_NAME, "app": "客服应用"}
    return own.get(sender) or members.name_of(sender)
