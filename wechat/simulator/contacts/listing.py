"""What the page and tests see of the pretended corporation's customers."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from wechat.simulator.answers import InvalidRequest, is_storable, sandbox_api
from wechat.simulator.contacts import stock
from wechat.simulator.contacts.models import (
    Colleague,
    Contact,
    ContactWay,
    Follow,
    GroupChat,
    Tag,
    Transfer,
    TransferStatus,
)
from wechat.simulator.outbox import integer

DEFAULT_LIMIT = 30
MAX_LIMIT = 500
KEYWORD_LENGTH = 64
SHOWN_TRANSFERS = 100
MOST_WAYS = 100


def found(request: HttpRequest) -> HttpResponse:
    """`?keyword=&userid=&limit=&offset=`: customers with all their members see of them."""
    rows = _matching(request.GET.get("keyword", ""))
    userid = request.GET.get("userid", "")
    if not is_storable(userid):
        raise InvalidRequest("userid", "含无效字符")
    if userid:
        rows = rows.filter(pk__in=Follow.objects.filter(userid=userid).values("contact"))
    limit = integer(request, "limit", DEFAULT_LIMIT, MAX_LIMIT)
    offset = integer(request, "offset", 0, 10**6)
    tags = dict(Tag.objects.values_list("tag_id", "name"))
    follows = Prefetch("follows", Follow.objects.order_by("pk"))
    page = rows.order_by("pk").prefetch_related(follows)[offset : offset + limit]
    return JsonResponse({"list": [_shown(row, tags) for row in page], "total": rows.count()})


def _matching(keyword: str) -> QuerySet[Contact]:
    if len(keyword) > KEYWORD_LENGTH or not is_storable(keyword):
        raise InvalidRequest("keyword", f"必须是 {KEYWORD_LENGTH} 字以内的文本")
    if not keyword:
        return Contact.objects.all()
    noted = Follow.objects.filter(
        Q(remark__icontains=keyword)
        | Q(remark_company__icontains=keyword)
        | Q(remark_mobiles__icontains=keyword)
    )
    return Contact.objects.filter(
        Q(name__icontains=keyword)
        | Q(corp_name__icontains=keyword)
        | Q(external_userid=keyword)
        | Q(pk__in=noted.values("contact"))
    )


@sandbox_api("GET")
def company(_request: HttpRequest) -> HttpResponse:
    """Members, tags, groups, and the hand-overs that wait."""
    stock.ensure()
    waiting = Transfer.objects.filter(status=TransferStatus.WAITING).select_related("contact")
    return JsonResponse(
        {
            "members": [
                {"userid": row.userid, "name": row.name, "has_left": row.left_at is not None}
                for row in Colleague.objects.order_by("pk")
            ],
            "tags": [
                {"id": row.tag_id, "name": row.name, "group": row.group.name}
                for row in Tag.objects.select_related("group").order_by("group_id", "-order")
            ],
            "groups": list(
                GroupChat.objects.annotate(member_count=Count("members"))
                .order_by("pk")
                .values("chat_id", "name", "owner", "status", "member_count")
            ),
            "transfers": [_transfer(row) for row in waiting.order_by("pk")[:SHOWN_TRANSFERS]],
            "waiting": waiting.count(),
        }
    )


def _transfer(row: Transfer) -> dict[str, Any]:
    return {
        "external_userid": row.contact.external_userid,
        "name": row.contact.name,
        "handover_userid": row.handover_userid,
        "takeover_userid": row.takeover_userid,
        "due_at": timezone.localtime(row.due_at).isoformat(),
    }


def _shown(row: Contact, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "external_userid": row.external_userid,
        "name": row.name,
        "type": row.kind,
        "gender": row.gender,
        "unionid": row.unionid,
        "corp_name": row.corp_name,
        "follows": [_follow(follow, tags) for follow in row.follows.all()],
    }


def _follow(row: Follow, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "userid": row.userid,
        "remark": row.remark,
        "description": row.description,
        "remark_company": row.remark_company,
        "remark_mobiles": row.remark_mobiles,
        "tags": [{"id": tag_id, "name": tags.get(tag_id, tag_id)} for tag_id in row.tags],
        "add_way": row.add_way,
        "state": row.state,
        "created_at": timezone.localtime(row.created_at).isoformat(),
    }


@sandbox_api("GET")
def ways(request: HttpRequest) -> HttpResponse:
    """Contact ways that customers can scan, newest first: `{"list": [{config_id, user, state, …}]}`."""
    rows = ContactWay.objects.order_by("-pk")[:MOST_WAYS]
    return JsonResponse({"list": [{"config_id": row.config_id, **row.fields} for row in rows]})
