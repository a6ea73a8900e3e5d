"""What the platform received, for people and tests: `/sandbox/api/outbox` (contract.md §10).

Rate limits and the duplicate check look at the same rows, so emptying the outbox makes the
platform forget what it counted.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from wechat.simulator.answers import InvalidRequest, sandbox_api
from wechat.simulator.models import Delivery

DEFAULT_LIMIT = 500
MAX_LIMIT = 20_000


@sandbox_api("GET", "DELETE")
def outbox(request: HttpRequest) -> HttpResponse:
    """Newest last: the newest `limit` rows; with `since`, the first `limit` after that id."""
    if request.method == "DELETE":
        Delivery.objects.all().delete()
        return HttpResponse(status=204)
    rows = Delivery.objects.all()
    if channel := request.GET.get("channel"):
        rows = rows.filter(channel=channel)
    since = integer(request, "since", 0, 2**62)
    limit = integer(request, "limit", DEFAULT_LIMIT, MAX_LIMIT)
    if since:
        found = list(rows.filter(pk__gt=since).order_by("id")[:limit])
    else:
        found = list(reversed(rows.order_by("-id")[:limit]))
    return JsonResponse({"list": [_shown(row) for row in found]})


def integer(request: HttpRequest, name: str, default: int, maximum: int) -> int:
    """A whole number of the query, `default` without one; raises `InvalidRequest`."""
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) > maximum:
        raise InvalidRequest(name, f"必须是 0 到 {maximum} 之间的整数")
    return int(text)


def _shown(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "channel": row.channel,
        "to": row.to,
        "payload": row.payload,
        "received_at": timezone.localtime(row.received_at).isoformat(),
    }
