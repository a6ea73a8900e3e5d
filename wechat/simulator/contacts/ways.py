"""「联系我」: `add_contact_way`, `get_contact_way` (§4.5)."""

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts.calls import (
    ID_LENGTH,
    colleague,
    contact_post,
    number,
    text,
    texts,
)
from wechat.simulator.contacts.models import ContactWay

STATE_LENGTH = 30
REMARK_LENGTH = 30
MEMBERS = 100
UNKNOWN_WAY = 41044
QR_CODE = 2


@contact_post
def way_add(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/add_contact_way`: type 1 one member, 2 several; scene 2 a QR code."""
    kind = number(body, "type", least=1, most=2, default=None)
    scene = number(body, "scene", least=1, most=2, default=None)
    userids = texts(body, "user", least=1, most=MEMBERS if kind == 2 else 1)
    skip_verify = body.get("skip_verify", True)
    if not isinstance(skip_verify, bool):
        raise PlatformError(40058, "invalid skip_verify")
    fields = {
        "type": kind,
        "scene": scene,
        "user": [colleague(userid).userid for userid in userids],
        "party": [],
        "state": text(body, "state", STATE_LENGTH),
        "remark": text(body, "remark", REMARK_LENGTH),
        "skip_verify": skip_verify,
    }
    row = ContactWay.objects.create(config_id=secrets.token_hex(16), fields=fields)
    return ok(config_id=row.config_id, **_qr_code(row))


@contact_post
def way_get(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/get_contact_way {config_id}`; 41044 for none."""
    config_id = text(body, "config_id", ID_LENGTH, None)
    row = ContactWay.objects.filter(config_id=config_id).first()
    if row is None:
        raise PlatformError(UNKNOWN_WAY, "invalid config_id")
    return ok(contact_way={"config_id": row.config_id, **row.fields, **_qr_code(row)})


def _qr_code(row: ContactWay) -> dict[str, str]:
    if row.fields["scene"] != QR_CODE:
        return {}
    return {"qr_code": f"{settings.SANDBOX_CALLBACK_BASE}/sandbox/?way={row.config_id}"}
