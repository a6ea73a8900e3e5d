"""What the platform tells of its followers: the UnionID, by which both entries know one person.

Accounts that stand in no open platform get none: then nothing follows from it.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.logs import get_logger
from customers.actions.history import announce, lock_customer
from customers.actors import Entry, system_actor
from wechat.client.blocking import BlockingOfficialClient, PlatformRefusal
from wechat.client.official import configured_account
from wechat.models import OfficialFollower

logger = get_logger(__name__)

# `user/info/batchget` takes so many (§4.7).
AT_ONCE = 100
LATELY = timedelta(hours=1)
MOST = 1000


def read(openids: Sequence[str]) -> int:
    """Asks the platform about them; how many have a UnionID. What it refuses is left for later."""
    account, known = configured_account(), 0
    if not (account.app_id and account.secret):
        return 0
    with BlockingOfficialClient(account) as client:
        for start in range(0, len(openids), AT_ONCE):
            asked = [{"openid": openid} for openid in openids[start : start + AT_ONCE]]
            try:
                answer = client.post("user/info/batchget", {"user_list": asked})
            except PlatformRefusal as refusal:
                logger.warning("followers_not_read", code=refusal.result.code, count=len(asked))
                return known
            found = answer.get("user_info_list")
            for row in found if isinstance(found, list) else []:
                known += isinstance(row, dict) and _told(row)
    return known


def read_lately() -> int:
    """Those who came lately and whose UnionID was not told yet."""
    rows = OfficialFollower.objects.filter(
        created_at__gte=timezone.now() - LATELY, unionid="", is_subscribed=True
    )
    return read(list(rows.order_by("-pk").values_list("openid", flat=True)[:MOST]))


def _told(row: dict[str, object]) -> bool:
    openid, unionid = row.get("openid"), row.get("unionid")
    if not isinstance(openid, str) or not isinstance(unionid, str) or not 0 < len(unionid) <= 64:
        return False
    return unionid_learned(openid=openid, unionid=unionid)


@transaction.atomic
def unionid_learned(*, openid: str, unionid: str) -> bool:
    """The follower's and their customer's UnionID; False for nobody we know."""
    follower = OfficialFollower.objects.filter(openid=openid).first()
    if follower is None:
        return False
    if follower.unionid != unionid:
        OfficialFollower.objects.filter(pk=follower.pk).update(unionid=unionid)
    actor = system_actor(Entry.OFFICIAL_ACCOUNT)
    customer = lock_customer(follower.customer_id, actor)
    if not customer.unionid:
        customer.unionid = unionid
        customer.save(update_fields=["unionid", "updated_at"])
        # Whoever looks for people known twice hears it.
        announce("customer.updated", customer, actor, fields=["unionid"])
    return True
