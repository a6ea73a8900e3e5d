"""Which addresses we may call when an operator or a callback named them (no SSRF)."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

# What different readers of an address make different hosts of.
_AMBIGUOUS = re.compile(r"[\\\s\x00-\x1f\x7f]")
# A zone of an IPv6 address may end like a listed domain does, and so may much else.
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")


def is_allowed_url(url: str) -> bool:
    """HTTPS to `OUTBOUND_ALLOWED_HOSTS`; plain HTTP only to where `WECOM_API_BASE` itself points."""
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.port is not None else parts.hostname or ""
    except ValueError:
        return False
    if is_ambiguous(url):
        return False
    if parts.scheme == "http":
        return is_sandbox_host(parts.netloc)
    return parts.scheme == "https" and is_allowed_host(host)


def is_allowed_host(host: str) -> bool:
    """`host` or `host:port` is listed, or lies in a listed domain (`.example.com`)."""
    return is_listed(host, settings.OUTBOUND_ALLOWED_HOSTS)


def is_ambiguous(url: str) -> bool:
    """Whether somebody else may read another host in it, or it names a login."""
    return _AMBIGUOUS.search(url) is not None or "@" in urlsplit(url).netloc


def is_listed(host: str, hosts: Iterable[str]) -> bool:
    return any(
        host.endswith(listed) and _NAME.fullmatch(host) is not None
        if listed.startswith(".")
        else host == listed
        for listed in hosts
    )


def is_sandbox_host(netloc: str) -> bool:
    """Where `WECOM_API_BASE` points over plain HTTP: the simulator, while there is one."""
    configured = urlsplit(str(settings.WECOM_API_BASE))
    return configured.scheme == "http" and netloc == configured.netloc
