"""Where `media/get` may send us for a film: hosts of the platform's, never our own network (no SSRF)."""

from urllib.parse import urlsplit

from django.conf import settings

from messaging.allowed_urls import is_ambiguous, is_listed

_PORTS = (None, 80, 443)


def is_video_url(url: str) -> bool:
    """A host of `MP_VIDEO_HOSTS` on its usual port, or the very place that `MP_API_BASE` names."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    if is_ambiguous(url) or parts.scheme not in ("http", "https"):
        return False
    ours = urlsplit(str(settings.MP_API_BASE))
    if (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
        return True
    return port in _PORTS and is_listed(host, settings.MP_VIDEO_HOSTS)
