"""`/healthz`: this process answers. `/readyz`: what it needs answers too, part by part."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError as BrokerError

from config.celery import app
from config.heartbeat import ProcessKind, is_alive


def check(name: str) -> bool:
    """Whether the part of that name (a key of `/readyz`) is well."""
    return _CHECKS[name]()


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part is well, else 503; the body names each part either way."""
    parts = {name: probe() for name, probe in _CHECKS.items()}
    well = all(parts.values())
    return JsonResponse(
        {
            "status": "ok" if well else "unavailable",
            "checks": {name: "ok" if ok else "unavailable" for name, ok in parts.items()},
        },
        status=200 if well else 503,
    )


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (BrokerError, OSError):
        return False
    return True


def _cache() -> bool:
    cache.set("readyz", 1, 5)
    return bool(cache.get("readyz") == 1)


def _alive(kind: ProcessKind) -> Callable[[], bool]:
    return lambda: is_alive(kind)


_CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "broker": _broker,
    "cache": _cache,
    "workers": _alive("worker"),
    "beat": _alive("beat"),
    "relay": _alive("relay"),
}
