"""What `wx.config` and `wx.agentConfig` are given so that a page of ours may use the JS-SDK (§4.1)."""

import hashlib
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from config.errors import InvalidInputError
from wechat.sidebar.tickets import known_tickets

URL_LENGTH = 2000


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """sha1 over the ticket, the nonce, the time and the page, in this order."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - the platform's own


def signed_page(url: str, *, host: str) -> dict[str, Any] | None:
    """Both signatures for `url`, a page of ours; None while the tickets are being fetched.

    Raises `InvalidInputError` naming `url` for another's page: with our signature it could read which
    customer a colleague is talking to.
    """
    page = url.partition("#")[0]
    parts = urlsplit(page)
    if parts.scheme not in ("http", "https") or parts.netloc not in {
        host,
        urlsplit(settings.APP_DOMAIN).netloc,
    }:
        raise InvalidInputError("只能为本系统的页面签名", code="foreign_page", attr="url")
    tickets = known_tickets()
    if tickets is None:
        return None
    corporation, app = tickets
    nonce, timestamp = secrets.token_hex(8), int(time.time())
    return {
        "corp_id": settings.WECOM_CORP_ID,
        "agent_id": settings.WECOM_AGENT_ID,
        "timestamp": timestamp,
        "nonce_str": nonce,
        "config_signature": signature(corporation, nonce, timestamp, page),
        "agent_signature": signature(app, nonce, timestamp, page),
    }
