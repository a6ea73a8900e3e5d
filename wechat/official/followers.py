"""Who follows the Official Account: one row an openid, and the customer that it is."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from config.events.publish import enqueue
from customers.actions.history import record
from customers.actors import Entry, system_actor
from customers.models import Customer, CustomerEventKind
from tickets.chat.entries.people import address_hold, customer_known, customer_met
from wechat.models import OfficialFollower, OfficialQrCode
from wechat.official.chat_entry import ENTRY

READ_TASK = "wechat.tasks.official.read_follower"


@transaction.atomic
def follower_followed(
    *, openid: str, scene: str, code: OfficialQrCode | None, at: datetime
) -> tuple[OfficialFollower, bool]:
    """Somebody follows, for the first time or again; True when they had not before.

    Where they first came from stays. News that a later one has overtaken changes nothing.
    """
    follower, is_new = _held(openid)
    first = is_new or follower.subscribed_at is None
    if _is_overtaken(follower, at):
        return follower, False
    follower.is_subscribed, follower.subscribed_at = True, at
    follower.last_seen_at = max(at, follower.last_seen_at or at)
    if first and not follower.scene:
        follower.scene, follower.qr_code = scene, code
    follower.save()
    where = f"，来自{_code_name(scene, code)}" if scene else ""
    words = f"{'关注' if first else '再次关注'}公众号{where}"
    _note(follower, CustomerEventKind.FOLLOWED, words)
    enqueue(READ_TASK, [[openid]], queue="default")
    return follower, first


@transaction.atomic
def follower_left(*, openid: str, at: datetime) -> OfficialFollower | None:
    """They unfollowed: where they were is forgotten, who they are is not; None for nobody we know.

    The customer, their tickets and what was said remain; taking those away is `personal_data`'s.
    """
    address_hold(ENTRY.code, openid)
    follower = _rows().filter(openid=openid).first()
    if follower is None:
        return None
    if _is_overtaken(follower, at):
        return follower
    was_subscribed, follower.is_subscribed = follower.is_subscribed, False
    follower.unsubscribed_at = at
    follower.latitude = follower.longitude = follower.located_at = None
    follower.save()
    if was_subscribed:
        _note(follower, CustomerEventKind.UNFOLLOWED, "取消关注公众号")
    return follower


def follower_scanned(
    follower: OfficialFollower, *, scene: str, code: OfficialQrCode | None
) -> None:
    """Who follows already came by another code; where they first came from stays."""
    if scene:
        _note(follower, CustomerEventKind.SCANNED, _code_name(scene, code))


@transaction.atomic
def follower_seen(*, openid: str, at: datetime) -> OfficialFollower:
    """They wrote or tapped, which only followers can: whoever followed before we listened is new here."""
    follower, is_new = _held(openid)
    if is_new:
        enqueue(READ_TASK, [[openid]], queue="default")
    is_back = follower.unsubscribed_at is None or follower.unsubscribed_at < at
    follower.is_subscribed = follower.is_subscribed or is_back
    follower.last_seen_at = max(at, follower.last_seen_at or at)
    follower.save(update_fields=["is_subscribed", "last_seen_at"])
    return follower


def follower_located(*, openid: str, latitude: float, longitude: float, at: datetime) -> bool:
    """Where they were when they opened the talk; False for nobody we know and for older news."""
    rows = OfficialFollower.objects.filter(openid=openid, is_subscribed=True)
    return bool(
        rows.exclude(located_at__gt=at).update(
            latitude=latitude, longitude=longitude, located_at=at, last_seen_at=at
        )
    )


def code_scanned(scene: str, *, is_follow: bool) -> OfficialQrCode | None:
    """The QR code of ours with that scene, counted; None for others."""
    code = OfficialQrCode.objects.filter(scene=scene).first() if scene else None
    if code is not None:
        counts = {"scan_count": F("scan_count") + 1}
        if is_follow:
            counts["follow_count"] = F("follow_count") + 1
        OfficialQrCode.objects.filter(pk=code.pk).update(**counts)
    return code


def customer_of(openid: str) -> Customer:
    """The customer of an openid, met now if need be; the caller's transaction holds the address."""
    return customer_known(ENTRY, openid) or customer_met(ENTRY, openid)


def _held(openid: str) -> tuple[OfficialFollower, bool]:
    """The row, held, with the customer as we know them now; True when there was none."""
    address_hold(ENTRY.code, openid)
    follower = _rows().filter(openid=openid).first()
    if follower is None:
        made = OfficialFollower.objects.create(openid=openid, customer=customer_of(openid))
        return made, True
    customer = customer_of(openid)
    if follower.customer_id != customer.pk:
        follower.customer = customer
        follower.save(update_fields=["customer"])
    return follower, False


def _is_overtaken(follower: OfficialFollower, at: datetime) -> bool:
    """Whether they have followed or left since, by the platform's clock."""
    later = (follower.subscribed_at, follower.unsubscribed_at)
    return any(moment is not None and moment > at for moment in later)


def _rows() -> QuerySet[OfficialFollower]:
    rows = OfficialFollower.objects.select_related("customer")
    if connection.vendor == "postgresql":
        return rows.select_for_update(of=("self",), no_key=True)
    return rows


def _note(follower: OfficialFollower, kind: CustomerEventKind, content: str) -> None:
    """On the customer's timeline."""
    record(follower.customer, system_actor(Entry.OFFICIAL_ACCOUNT), kind, content=content)


def _code_name(scene: str, code: OfficialQrCode | None) -> str:
    return f"「{code.name}」" if code is not None else f"场景 {scene}"


def now_or(at: datetime | None) -> datetime:
    """The platform's time of something, never in the future."""
    now = timezone.now()
    return min(at or now, now)
