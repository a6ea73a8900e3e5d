"""Whether the model may be asked now: it is set up, today's budget lasts, it has not just failed."""

import threading
import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from config.logs import get_logger
from tickets.assistant.strategies.llm.settings import llm

logger = get_logger(__name__)

DAY = 2 * 24 * 3600
_lock = threading.Lock()
_failures = 0
_open_until = 0.0


def why_not() -> str:
    """Empty when it may be asked; else `not_configured`, `circuit_open` or `budget_spent`."""
    if not is_configured():
        return "not_configured"
    if time.monotonic() < _open_until:
        return "circuit_open"
    if int(cache.get(_calls_key()) or 0) >= llm()["daily_calls"]:
        return "budget_spent"
    return ""


def is_configured() -> bool:
    """An address over HTTPS, or of this machine or its own network, and the model's name."""
    parts = urlsplit(settings.LLM_BASE_URL)
    if not (settings.LLM_MODEL and parts.hostname) or parts.username or parts.password:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_near(parts.hostname))


def spend() -> None:
    """One call of today's budget."""
    key = _calls_key()
    if not cache.add(key, 1, DAY):
        try:
            cache.incr(key)
        except ValueError:
            cache.set(key, 1, DAY)


def succeeded() -> None:
    global _failures
    with _lock:
        _failures = 0


def failed() -> None:
    """So many in a row open the circuit, of this process: nobody waits for what does not answer."""
    global _failures, _open_until
    limits = llm()
    with _lock:
        _failures += 1
        if _failures >= limits["circuit_failures"]:
            _failures, _open_until = 0, time.monotonic() + limits["circuit_seconds"]
            logger.warning("llm_circuit_open", seconds=limits["circuit_seconds"])


def forget() -> None:
    global _failures, _open_until
    with _lock:
        _failures, _open_until = 0, 0.0


def _calls_key() -> str:
    return f"assistant.llm.calls:{timezone.localdate().isoformat()}"


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host
