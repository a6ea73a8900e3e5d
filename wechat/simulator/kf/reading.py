"""Reading: `kf/sync_msg`, `kf/account/list`, `kf/servicer/list`, `kf/customer/batchget` (§4.6)."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts.calls import number, text, texts
from wechat.simulator.contacts.models import Contact
from wechat.simulator.kf.calls import account_of, kf_get, kf_post
from wechat.simulator.kf.items import told
from wechat.simulator.kf.models import KfAccount, KfCall, KfCode, KfItem, KfWay, Origin

MOST_ITEMS = 1000
LOOKED_BACK = timedelta(days=3)
INVALID_TOKEN = 95007
# Without a doorbell's token one may look only so often.
CALLS_A_MINUTE = 6
_CURSOR = "kfc"


@kf_post
def sync_msg(body: dict[str, Any]) -> HttpResponse:
    """Pages count what they leave out too, so one may be short, or empty, with more behind it."""
    account = account_of(body)
    limit = number(body, "limit", least=1, most=MOST_ITEMS, default=MOST_ITEMS)
    number(body, "voice_format", least=0, most=1, default=0)
    _require_turn(account, text(body, "token", 128))
    cursor = text(body, "cursor", 64)
    after = _place(cursor)
    rows = account.items.filter(pk__gt=after)
    if not cursor:
        rows = rows.filter(send_time__gte=timezone.now() - LOOKED_BACK)
    found = list(rows.select_related("account").order_by("pk")[: limit + 1])
    page = found[:limit]
    return ok(
        next_cursor=f"{_CURSOR}{page[-1].pk if page else after}",
        has_more=int(len(found) > limit),
        msg_list=[told(item) for item in page if item.origin != Origin.API],
    )


def _place(cursor: str) -> int:
    digits = cursor.removeprefix(_CURSOR)
    if not cursor:
        return 0
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise PlatformError(40058, "invalid cursor")
    return int(digits)


def _require_turn(account: KfAccount, token: str) -> None:
    now = timezone.now()
    if token:
        known = KfCode.objects.filter(account=account, value=token, expires_at__gt=now)
        if not known.exists():
            raise PlatformError(INVALID_TOKEN, "invalid msg token")
        return
    if KfCall.objects.filter(account=account, at__gt=now - timedelta(minutes=1)).count() >= (
        CALLS_A_MINUTE
    ):
        raise PlatformError(45009, "api freq out of limit")
    KfCall.objects.create(account=account)


@kf_post
def account_list(body: dict[str, Any]) -> HttpResponse:
    offset = number(body, "offset", least=0, most=10**6, default=0)
    limit = number(body, "limit", least=1, most=100, default=100)
    rows = KfAccount.objects.order_by("pk")[offset : offset + limit]
    return ok(
        account_list=[
            {"open_kfid": row.open_kfid, "name": row.name, "avatar": "", "manage_privilege": True}
            for row in rows
        ]
    )


@kf_get
def servicer_list(query: dict[str, str]) -> HttpResponse:
    rows = account_of(dict(query)).servicers.order_by("pk")
    return ok(servicer_list=[{"userid": row.userid, "status": row.status} for row in rows])


@kf_post
def customer_batchget(body: dict[str, Any]) -> HttpResponse:
    ids = texts(body, "external_userid_list", least=1, most=100)
    known = Contact.objects.in_bulk(ids, field_name="external_userid")
    return ok(
        customer_list=[
            {
                "external_userid": key,
                "nickname": known[key].name,
                "avatar": "",
                "gender": known[key].gender,
                "unionid": known[key].unionid,
            }
            for key in ids
            if key in known
        ],
        invalid_external_userid=[key for key in ids if key not in known],
    )


@kf_post
def way_add(body: dict[str, Any]) -> HttpResponse:
    """`kf/add_contact_way`: a link; the scene comes back with who opens it."""
    way = KfWay.objects.create(
        account=account_of(body), key=secrets.token_hex(12), scene=text(body, "scene", 32)
    )
    return ok(url=f"{settings.SANDBOX_CALLBACK_BASE}/sandbox/?kf={way.key}")


def items_of(account: KfAccount, external_userid: str, after: int) -> list[KfItem]:
    """Everything said with one customer, what the API sent included."""
    rows = account.items.filter(external_userid=external_userid, pk__gt=after)
    return list(rows.order_by("pk")[:500])
