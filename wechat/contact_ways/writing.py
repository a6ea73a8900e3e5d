"""The job that brings the platform's copy of a contact way to where ours stands (§4.5)."""

from typing import Any

from django.db import transaction

from messaging.channels.base import Outcome, Result
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.contact_ways.actions import held
from wechat.contact_ways.rotation import next_members
from wechat.models import ContactWay, Rotation
from wechat.sync import jobs
from wechat.sync.jobs import Taken

SEVERAL, QR_CODE = 2, 2
# The platform does not know it (any more).
UNKNOWN_WAY = 41044
NOBODY = Result(Outcome.PERMANENT, "no_members", "没有可以接待的成员（已离职，或没有企业微信账号）")


def write_way(client: BlockingClient, taken: Taken) -> None:
    """Adds, changes, or deletes it there. Raises `PlatformRefusal`; the reason stays at the way."""
    way = _settled(int(taken.key))
    if way is not None:
        try:
            _write(client, way)
        except PlatformRefusal as refusal:
            words = f"{refusal.result.detail}（{refusal.result.code}）"
            ContactWay.objects.filter(pk=way.pk).update(error=words[:200])
            raise
    jobs.done(taken)


@transaction.atomic
def _settled(way_id: int) -> ContactWay | None:
    """The way with the member whom it is to name."""
    way = held(way_id)
    if way is None or not way.is_active:
        return way
    named = next_members(way, is_after_one=False)
    current = named[0] if named and way.rotation != Rotation.ALL else None
    if way.current != current:
        way.current = current
        way.save(update_fields=["current"])
    return way


def _write(client: BlockingClient, way: ContactWay) -> None:
    if not way.is_active:
        if way.config_id:
            _call(client, "del_contact_way", {"config_id": way.config_id}, or_gone=True)
        _written(way, config_id="", qr_code="")
        return
    body = _body(way)
    if way.config_id and _call(
        client, "update_contact_way", {"config_id": way.config_id, **body}, or_gone=True
    ):
        _written(way)
        return
    answer = client.post(
        "externalcontact/add_contact_way", {"type": SEVERAL, "scene": QR_CODE, **body}
    )
    _written(
        way,
        config_id=str(answer.get("config_id") or "")[:64],
        qr_code=str(answer.get("qr_code") or "")[:500],
    )


def _body(way: ContactWay) -> dict[str, Any]:
    members = [way.current] if way.current else next_members(way, is_after_one=False)
    userids = [member.wecom_user_id for member in members if member is not None]
    if not userids:
        raise PlatformRefusal(NOBODY)
    return {
        "state": way.state,
        "user": userids,
        "remark": way.remark,
        "skip_verify": way.skip_verify,
    }


def _call(client: BlockingClient, name: str, body: dict[str, Any], *, or_gone: bool) -> bool:
    """False when the platform has none such."""
    try:
        client.post(f"externalcontact/{name}", body)
    except PlatformRefusal as refusal:
        if or_gone and refusal.errcode == UNKNOWN_WAY:
            return False
        raise
    return True


def _written(way: ContactWay, **fields: str) -> None:
    # A change made meanwhile has a higher version, and a job of its own.
    ContactWay.objects.filter(pk=way.pk).update(pushed_version=way.version, error="", **fields)
