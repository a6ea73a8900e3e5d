"""`/sandbox/api/kf`: acts of customers and servicers, and what a page shows of them."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from wechat.simulator.answers import InvalidRequest, json_object, sandbox_api
from wechat.simulator.contacts.acts.told import word
from wechat.simulator.contacts.models import Contact
from wechat.simulator.kf import doorbell, stock
from wechat.simulator.kf.acts import customers, servicers
from wechat.simulator.kf.models import KfAccount, KfItem, KfSession, Origin
from wechat.simulator.kf.reading import items_of
from wechat.simulator.kf.sending import MOST_SENT, WINDOW
from wechat.simulator.outbox import integer

MAX_TIMES = 10
MOST_SESSIONS = 200
_DOING: tuple[Callable[[KfAccount, dict[str, Any]], KfItem], ...] = (
    customers.customer_enters,
    customers.customer_says,
    customers.customer_recalls,
    servicers.servicer_takes,
    servicers.servicer_says,
    servicers.servicer_ends,
    servicers.servicer_status,
    servicers.message_fails,
    servicers.something_happens,
)
ACTS = {act.__name__: act for act in _DOING}


@sandbox_api("GET", "POST", "DELETE")
def kf(request: HttpRequest) -> HttpResponse:
    """GET shows accounts and talks, POST acts, DELETE forgets everything that was said."""
    if request.method == "DELETE":
        stock.reset()
        return HttpResponse(status=204)
    stock.ensure()
    if request.method == "POST":
        return JsonResponse(_act(json_object(request)))
    return JsonResponse(_shown())


@sandbox_api("GET")
def kf_messages(request: HttpRequest) -> HttpResponse:
    """`?open_kfid=&external_userid=&since=`: one talk as the customer's phone shows it."""
    stock.ensure()
    account = _account(request.GET.get("open_kfid", ""))
    after = integer(request, "since", 0, 2**62)
    items = items_of(account, request.GET.get("external_userid", ""), after)
    return JsonResponse({"list": [_bubble(item) for item in items]})


def _act(body: dict[str, Any]) -> dict[str, Any]:
    """`msgid` is the item's, `answers` what the company said to each doorbell.

    `callback: false` writes without ringing, `times` (≤ 10) rings so often.
    """
    act, callback, times = body.get("act"), body.get("callback", True), body.get("times", 1)
    if not isinstance(act, str) or act not in ACTS:
        raise InvalidRequest("act", f"必须是 {'、'.join(ACTS)} 之一")
    if not isinstance(callback, bool):
        raise InvalidRequest("callback", "必须是 true 或 false")
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= MAX_TIMES:
        raise InvalidRequest("times", f"必须是 1 到 {MAX_TIMES} 之间的整数")
    open_kfid = word(body, "open_kfid", default=next(iter(stock.ACCOUNTS)))
    with transaction.atomic():
        _account(open_kfid)
        account = KfAccount.objects.select_for_update().get(open_kfid=open_kfid)
        item = ACTS[act](account, body)
    rung = doorbell.ring(account, times) if callback else {"events": [], "answers": []}
    return {"msgid": item.msgid, "external_userid": item.external_userid, **rung}


def _account(open_kfid: str) -> KfAccount:
    found = KfAccount.objects.filter(open_kfid=open_kfid).first()
    if found is None:
        raise InvalidRequest("open_kfid", "没有这个客服账号")
    return found


def _shown() -> dict[str, Any]:
    sessions = list(KfSession.objects.select_related("account").order_by("-pk")[:MOST_SESSIONS])
    ids = [session.external_userid for session in sessions]
    names = dict(
        Contact.objects.filter(external_userid__in=ids).values_list("external_userid", "name")
    )
    accounts = KfAccount.objects.prefetch_related("servicers").order_by("pk")
    return {
        "accounts": [
            {
                "open_kfid": account.open_kfid,
                "name": account.name,
                "servicers": [
                    {"userid": one.userid, "status": one.status} for one in account.servicers.all()
                ],
            }
            for account in accounts
        ],
        "sessions": [_session_shown(session, names) for session in sessions],
    }


def _session_shown(session: KfSession, names: dict[str, str]) -> dict[str, Any]:
    written = session.last_customer_at
    is_open = written is not None and timezone.now() - written <= WINDOW
    return {
        "open_kfid": session.account.open_kfid,
        "external_userid": session.external_userid,
        "name": names.get(session.external_userid, ""),
        "state": session.state,
        "servicer_userid": session.servicer_userid,
        "sends_left": max(0, MOST_SENT - session.sent) if is_open else 0,
    }


def _bubble(item: KfItem) -> dict[str, Any]:
    return {
        "id": item.pk,
        "msgid": item.msgid,
        "from": Origin(item.origin).name.lower(),
        "servicer_userid": item.servicer_userid,
        "recalled": item.is_recalled,
        "send_time": timezone.localtime(item.send_time).isoformat(),
        **item.content,
    }
