"""What the platform received, for people and tests: `/sandbox/api/outbox` (contract.md §10)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from wechat.simulator.answers import InvalidRequest, sandbox_api
from wechat.simulator.models import Delivery

DEFAULT_LIMIT = 500
MAX_LIMIT = 20_000


@sandbox_api("GET", "DELETE")
def outbox(request: HttpRequest) -> HttpResponse:
    if request.method == "DELETE":
        Delivery.objects.all().delete()
        return HttpResponse(status=204)
    rows = Delivery.objects.filter(pk__gt=integer(request, "since", 0, 2**62))
    if channel := request.GET.get("channel"):
        rows = rows.filter(channel=channel)
    newest = rows.order_by("-id")[: integer(request, "limit", DEFAULT_LIMIT, MAX_LIMIT)]
    return JsonResponse({"list": [_shown(row) for row in reversed(newest)]})


def integer(request: HttpRequest, name: str, default: int, maximum: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > maximum:
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
