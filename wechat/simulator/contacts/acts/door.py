"""`POST /sandbox/api/contacts {act, …, callback?, times?}`: somebody does something."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import InvalidRequest, PlatformError, json_object, sandbox_api
from wechat.simulator.contacts import events, listing, stock
from wechat.simulator.contacts.acts import customers, groups, members, tags, transfers
from wechat.simulator.contacts.acts.told import Done

MAX_TIMES = 10
_DOING: tuple[Callable[[dict[str, Any]], Done], ...] = (
    customers.customer_adds,
    customers.customer_half_adds,
    customers.customer_removes,
    customers.member_removes,
    customers.member_edits,
    transfers.transfer_accept,
    transfers.transfer_refuse,
    transfers.transfer_limit,
    members.member_resigns,
    members.member_joins,
    groups.group_create,
    groups.group_join,
    groups.group_quit,
    groups.group_owner,
    groups.group_rename,
    groups.group_notice,
    groups.group_dismiss,
    tags.tag_create,
    tags.tag_update,
    tags.tag_delete,
    tags.tag_shuffle,
)
ACTS = {act.__name__: act for act in _DOING}


@sandbox_api("GET", "POST", "DELETE")
def contacts(request: HttpRequest) -> HttpResponse:
    """GET searches, POST acts, DELETE brings back the demo data as at the first start."""
    if request.method == "DELETE":
        stock.reset()
        return HttpResponse(status=204)
    stock.ensure()
    if request.method == "POST":
        return JsonResponse(_act(json_object(request)))
    return listing.found(request)


def _act(body: dict[str, Any]) -> dict[str, Any]:
    """`events` are the callbacks in plain, `answers` what the company said to each try."""
    act, callback, times = body.get("act"), body.get("callback", True), body.get("times", 1)
    if not isinstance(act, str) or act not in ACTS:
        raise InvalidRequest("act", f"必须是 {'、'.join(ACTS)} 之一")
    if not isinstance(callback, bool):
        raise InvalidRequest("callback", "必须是 true 或 false")
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= MAX_TIMES:
        raise InvalidRequest("times", f"必须是 1 到 {MAX_TIMES} 之间的整数")
    try:
        with transaction.atomic():
            done = ACTS[act](body)
    except PlatformError as refusal:
        raise InvalidRequest("body", refusal.errmsg) from None
    answers = events.tell(done.events, times) if callback else []
    return {**done.result, "events": done.events, "answers": answers}
