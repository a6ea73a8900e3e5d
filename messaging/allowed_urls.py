"""Which addresses we may call when an operator or a callback named them (no SSRF)."""

from urllib.parse import urlsplit

from django.conf import settings


def is_allowed_url(url: str) -> bool:
    """HTTPS to `OUTBOUND_ALLOWED_HOSTS`; plain HTTP only to where `WECOM_API_BASE` itself points."""
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.port else parts.hostname
    except ValueError:
        return False
    if parts.username or parts.password or parts.scheme not in ("http", "https"):
        return False
    configured = urlsplit(settings.WECOM_API_BASE)
    if parts.scheme == "http":
        return bool(configured.scheme == "http" and parts.netloc == configured.netloc)
    return host in settings.OUTBOUND_ALLOWED_HOSTS
