"""The chats of the sandbox page: `/sandbox/` and `/sandbox/api/chats…`."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from wechat.simulator import bodies, members, telling
from wechat.simulator.answers import InvalidRequest, json_object, sandbox_api
from wechat.simulator.models import CallbackState, ChatMessage
from wechat.simulator.official import followers, phone
from wechat.simulator.outbox import integer

CONTENT_LENGTH = 5000
PAGE = 200
PREVIEW_LENGTH = 80
# Rows that were being written while an earlier answer was made turn up in the next one.
OVERLAP = timedelta(seconds=2)


@sandbox_api("GET", "HEAD")
def page(request: HttpRequest) -> HttpResponse:
    """`/sandbox/`."""
    return render(request, "sandbox/index.html", {"bot_name": settings.AIBOT_NAME})


@sandbox_api("GET")
def chats(request: HttpRequest) -> HttpResponse:
    """Every conversation with its newest message, and who may speak."""
    newest = ChatMessage.objects.values("chat_id").annotate(newest=Max("id")).values("newest")
    last = {row.chat_id: row for row in ChatMessage.objects.filter(pk__in=newest)}
    group = {"id": members.GROUP_ID, "name": members.GROUP_NAME, "kind": "group"}
    singles = [
        {"id": f"app:{user}", "name": f"{name} 与应用", "kind": "app", "member": user}
        for user, name in members.MEMBERS.items()
    ]
    return JsonResponse(
        {
            "list": [
                {**chat, "last": _preview(last.get(chat["id"]))} for chat in (group, *singles)
            ],
            "members": [{"userid": user, "name": name} for user, name in members.MEMBERS.items()],
            "bot_name": settings.AIBOT_NAME,
        }
    )


@sandbox_api("GET", "POST")
def chat_messages(request: HttpRequest, chat_id: str) -> HttpResponse:
    """GET the messages after `since` or before `before`; POST `{from, content, quote_id?}`."""
    if not _exists(chat_id):
        raise InvalidRequest("chat_id", "没有这个会话")
    if request.method == "POST":
        return JsonResponse(_shown(_say(chat_id, json_object(request))), status=201)
    now = timezone.now()
    rows = ChatMessage.objects.filter(chat_id=chat_id).select_related("quote")
    since = integer(request, "since", 0, 2**62)
    if before := integer(request, "before", 0, 2**62):
        rows = rows.filter(pk__lt=before)
    newest = list(rows.filter(pk__gt=since).order_by("-id")[: PAGE + 1])
    return JsonResponse(
        {
            "list": [_shown(row) for row in reversed(newest[:PAGE])],
            "has_earlier": len(newest) > PAGE,
            "changed": [_shown(row) for row in _changed(request, chat_id, since)],
            "cursor": (now - OVERLAP).isoformat(),
        }
    )


def _changed(request: HttpRequest, chat_id: str, since: int) -> list[ChatMessage]:
    """What became different, since `changed_after`, of the messages up to `since`."""
    text = request.GET.get("changed_after", "")
    if not text:
        return []
    rows = ChatMessage.objects.filter(
        chat_id=chat_id, pk__lte=since, changed_at__gt=_moment(text)
    ).select_related("quote")
    return list(rows.order_by("-changed_at")[:PAGE])


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise InvalidRequest("changed_after", "必须是带时区的时间")
    return moment


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
    mention = f"@{settings.AIBOT_NAME}"
    is_heard = not in_group or mention in content.replace("＠", "@")
    message = ChatMessage.objects.create(
        chat_id=chat_id,
        sender=sender,
        kind="text",
        content={"msgtype": "text", "text": {"content": content}},
        quote=_quoted(chat_id, body.get("quote_id")),
        callback_state=CallbackState.PENDING if is_heard else CallbackState.UNHEARD,
        callback_note="" if is_heard else f"没有 {mention}，机器人收不到这条消息",
    )
    if is_heard:
        telling.tell(message)
    return message


def _quoted(chat_id: str, quote_id: Any) -> ChatMessage | None:
    if quote_id is None:
        return None
    if isinstance(quote_id, int) and 0 < quote_id < 2**62:
        found = ChatMessage.objects.filter(chat_id=chat_id, pk=quote_id).first()
        if found is not None:
            return found
    raise InvalidRequest("quote_id", "没有这条消息")


def _exists(chat_id: str) -> bool:
    kind, _, user = chat_id.partition(":")
    is_phone = kind == phone.KIND and followers.is_openid(user)
    return chat_id == members.GROUP_ID or is_phone or (kind == "app" and user in members.MEMBERS)


def _preview(row: ChatMessage | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "id": row.pk,
        "sender": row.sender,
        "sender_name": members.speaker_name(row.sender),
        "kind": row.kind,
        "text": _words(row)[:PREVIEW_LENGTH],
        "created_at": timezone.localtime(row.created_at).isoformat(),
    }


def _shown(row: ChatMessage) -> dict[str, Any]:
    return {
        "id": row.pk,
        "sender": row.sender,
        "sender_name": members.speaker_name(row.sender),
        "kind": row.kind,
        "content": row.content,
        "quote": None if row.quote is None else _quote(row.quote),
        "callback_state": row.callback_state,
        "callback_note": row.callback_note,
        "created_at": timezone.localtime(row.created_at).isoformat(),
    }


def _quote(row: ChatMessage) -> dict[str, Any]:
    return {
        "id": row.pk,
        "sender_name": members.speaker_name(row.sender),
        "kind": row.kind,
        "content": row.content,
        "text": _words(row),
    }


def _words(row: ChatMessage) -> str:
    return "撤回了一条消息" if row.kind == "recalled" else bodies.text_of(row.content)
