"""`externalcontact/send_welcome_msg`: by a code, within 20 s, once (§4.5).

A code says itself whose it is and since when; what was said with it is a line of the outbox.
"""

import hashlib
import secrets
from typing import Any

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.contacts.calls import text
from wechat.simulator.contacts.models import Contact
from wechat.simulator.faults import misbehave
from wechat.simulator.models import Delivery
from wechat.simulator.tokens import require_token

CHANNEL = "WELCOME"
LIVES_SECONDS = 20
TEXT_BYTES = 4000
MOST_ATTACHMENTS = 9
# As remembered of the platform; our own client needs no name for it.
INVALID_CODE = 41050
ALREADY = 41051
_SALT = "sandbox.welcome"


def new_code(userid: str, external_userid: str) -> str:
    return signing.dumps([userid, external_userid, secrets.token_hex(4)], salt=_SALT)


@platform("POST")
def send_welcome_msg(request: HttpRequest) -> HttpResponse:
    """41050 for no code, or an old one; 41051 when it was used, or the customer spoke first."""
    require_token(request)
    body = platform_object(request)
    return misbehave(CHANNEL, lambda: _greet(body))


@transaction.atomic
def _greet(body: dict[str, Any]) -> HttpResponse:
    code = text(body, "welcome_code", 512, None)
    try:
        userid, external_userid, _ = signing.loads(code, salt=_SALT, max_age=LIVES_SECONDS)
    except (signing.BadSignature, ValueError):
        raise PlatformError(INVALID_CODE, "invalid welcome_code") from None
    words = body.get("text")
    content = words.get("content") if isinstance(words, dict) else None
    attachments = body.get("attachments", [])
    if content is not None and not isinstance(content, str):
        raise PlatformError(40058, "invalid text.content")
    if len((content or "").encode()) > TEXT_BYTES:
        raise PlatformError(40058, "text.content exceeds 4000 bytes")
    if not isinstance(attachments, list) or len(attachments) > MOST_ATTACHMENTS:
        raise PlatformError(40058, "attachments takes at most 9")
    if not content and not attachments:
        raise PlatformError(44004, "text and attachments are empty")
    # Two calls with one code: the second sees the first.
    Contact.objects.select_for_update().filter(external_userid=external_userid).first()
    used = hashlib.sha256(code.encode()).hexdigest()
    if Delivery.objects.filter(channel=CHANNEL, msgid=used).exists():
        raise PlatformError(ALREADY, "welcome msg has been delivered")
    payload = {"sender": userid, "text": {"content": content or ""}, "attachments": attachments}
    Delivery.objects.create(
        channel=CHANNEL,
        to=external_userid,
        payload=payload,
        msgid=used,
        received_at=timezone.now(),
    )
    return ok()
