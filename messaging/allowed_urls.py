"""Which addresses we may call when an operator or a callback named them (no SSRF)."""

from urllib.parse import urlsplit

from django.conf import settings


def is_allowed_url(url: str) -> bool:
    """HTTPS to `OUTBOUND_ALLOWED_HOSTS`; plain HTTP only to where `WECOM_API_BASE` itself points."""
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.port else parts.hostname or ""
    except ValueError:
        return False
    if parts.username or parts.password or parts.scheme not in ("http", "https"):
        return False
    if parts.scheme == "http":
        return is_sandbox_host(parts.netloc)
    return is_allowed_host(host)


def is_allowed_host(host: str) -> bool:
    """`host` or `host:port` is listed, or lies in a listed domain (`.example.com`)."""
    return any(
        host.endswith(listed) if listed.startswith(".") else host == listed
        for listed in settings.OUTBOUND_ALLOWED_HOSTS
    )


def is_sandbox_host(netloc: str) -> bool:
    """Where `WECOM_API_BASE` points over plain HTTP: the simulator, while there is one."""
    configured = urlsplit(str(settings.WECOM_API_BASE))
    return configured.scheme == "http" and netloc == configured.netloc
