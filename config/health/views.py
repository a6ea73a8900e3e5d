"""`/healthz`: this process answers. `/readyz`: what it needs answers too, part by part."""

from datetime import UTC, datetime

from django.http import HttpRequest, JsonResponse

from config.health import probing
from config.health.looks import WORKER_PREFIX


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part is well, else 503; the body names each part either way."""
    parts = probing.readings()
    well = all(reading.is_ok for reading in parts.values())
    return JsonResponse(
        {
            "status": "ok" if well else "unavailable",
            "checks": {
                name: reading.status
                for name, reading in parts.items()
                if not name.startswith(WORKER_PREFIX)
            },
            "parts": {
                name: {
                    "status": reading.status,
                    "detail": reading.detail,
                    "since": datetime.fromtimestamp(reading.since, UTC).isoformat(
                        timespec="seconds"
                    ),
                }
                for name, reading in parts.items()
            },
        },
        status=200 if well else 503,
    )
