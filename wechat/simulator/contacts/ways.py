"""「联系我」: `add_contact_way`, and to get, change, list and delete one (§4.5)."""

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
    page,
    text,
    texts,
)
from wechat.simulator.contacts.models import ContactWay

STATE_LENGTH = 30
REMARK_LENGTH = 30
MEMBERS = 100
UNKNOWN_WAY = 41044
QR_CODE = 2
SEVERAL = 2


@contact_post
def way_add(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/add_contact_way`: type 1 one member, 2 several; scene 2 a QR code."""
    kind = number(body, "type", least=1, most=2, default=None)
    scene = number(body, "scene", least=1, most=2, default=None)
    fields = {"type": kind, "scene": scene, "party": [], **_changeable(body, kind)}
    row = ContactWay.objects.create(config_id=secrets.token_hex(16), fields=fields)
    return ok(config_id=row.config_id, **_qr_code(row))


@contact_post
def way_update(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/update_contact_way`: all but type and scene; 41044 for none."""
    row = _way(body)
    present = {name: row.fields[name] for name in ("user", "state", "remark", "skip_verify")}
    row.fields = {**row.fields, **_changeable({**present, **body}, row.fields["type"])}
    row.save(update_fields=["fields"])
    return ok()


@contact_post
def way_delete(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/del_contact_way {config_id}`; 41044 for none."""
    _way(body).delete()
    return ok()


@contact_post
def way_list(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/list_contact_way {cursor, limit ≤ 1000}`: their ids."""
    limit = number(body, "limit", least=1, most=1000, default=1000)
    rows, cursor = page(ContactWay.objects.all(), text(body, "cursor", ID_LENGTH), limit)
    listed = [{"config_id": row.config_id} for row in rows]
    return ok(contact_way=listed, **({"next_cursor": cursor} if cursor else {}))


@contact_post
def way_get(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/get_contact_way {config_id}`; 41044 for none."""
    row = _way(body)
    return ok(contact_way={"config_id": row.config_id, **row.fields, **_qr_code(row)})


def _way(body: dict[str, Any]) -> ContactWay:
    config_id = text(body, "config_id", ID_LENGTH, None)
    row = ContactWay.objects.filter(config_id=config_id).first()
    if row is None:
        raise PlatformError(UNKNOWN_WAY, "invalid config_id")
    return row


def _changeable(body: dict[str, Any], kind: int) -> dict[str, Any]:
    userids = texts(body, "user", least=1, most=MEMBERS if kind == SEVERAL else 1)
    skip_verify = body.get("skip_verify", True)
    if not isinstance(skip_verify, bool):
        raise PlatformError(40058, "invalid skip_verify")
    return {
        "user": [colleague(userid).userid for userid in userids],
        "state": text(body, "state", STATE_LENGTH),
        "remark": text(body, "remark", REMARK_LENGTH),
        "skip_verify": skip_verify,
    }


def _qr_code(row: ContactWay) -> dict[str, str]:
    if row.fields["scene"] != QR_CODE:
        return {}
    return {"qr_code": f"{settings.SANDBOX_CALLBACK_BASE}/sandbox/?way={row.config_id}"}
