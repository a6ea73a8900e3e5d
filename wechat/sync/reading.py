"""One thing read whole: a contact with all its followers, a group with all its members."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from customers.actions.followers import follower_remove
from customers.actors import Entry, system_actor
from customers.models import Customer, CustomerStatus, FollowerStatus
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.sync.followers import LAG
from wechat.sync.payloads import Contact, Group, contact_of, group_of
from wechat.sync.runs import Tally

# "not an external contact" of anybody any more, and an id that is none.
NOBODYS = frozenset({84061, 40096})
NO_GROUP = frozenset({40050, 90501})


def read_contact(client: BlockingClient, external_userid: str) -> Contact | None:
    """The contact, page by page where it has very many followers; None when nobody's friend."""
    follows: list[object] = []
    profile: object = None
    cursor = ""
    while True:
        query = {"external_userid": external_userid, **({"cursor": cursor} if cursor else {})}
        try:
            body = client.get("externalcontact/get", **query)
        except PlatformRefusal as refusal:
            if refusal.errcode in NOBODYS:
                return None
            raise
        profile = profile or body.get("external_contact")
        page = body.get("follow_user")
        follows += page if isinstance(page, list) else []
        following = str(body.get("next_cursor") or "")
        if not following or following == cursor:
            return contact_of(profile, follows)
        cursor = following


def read_group(client: BlockingClient, chat_id: str) -> Group | None:
    """The group; None when there is none of that id any more."""
    try:
        body = client.post("externalcontact/groupchat/get", {"chat_id": chat_id, "need_name": 1})
    except PlatformRefusal as refusal:
        if refusal.errcode in NO_GROUP:
            return None
        raise
    return group_of(body.get("group_chat"), now=timezone.now())


def hold_contact(external_userid: str) -> Customer | None:
    """Our customer of that external id, held until the transaction ends; erased ones never."""
    transaction_lock(f"wecom.contact:{external_userid}")
    rows = Customer.objects.filter(
        external_userid=external_userid,
        corp_id__in=[settings.WECOM_CORP_ID, ""],
        erased_at=None,
    ).order_by("-corp_id", "id")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows.first()


@transaction.atomic
def contact_gone(external_userid: str, *, at: datetime) -> Tally:
    """Nobody's friend any more: whoever we think is one has been removed by the customer.

    A friend made so lately that the platform may not list them yet stays.
    """
    tally = Tally(processed=1)
    customer = hold_contact(external_userid)
    if customer is None or customer.status == CustomerStatus.DELETED:
        tally.unchanged = 1
        return tally
    settled = at - LAG
    for row in customer.followers.filter(status=FollowerStatus.ACTIVE):
        if row.added_at is not None and row.added_at >= settled:
            continue
        follower_remove(
            customer=customer,
            wecom_user_id=row.wecom_user_id,
            status=FollowerStatus.REMOVED_BY_CUSTOMER,
            at=at,
            actor=system_actor(Entry.WECOM_SYNC),
        )
        tally.updated = 1
        tally.differences.append(("follower_lost", f"{customer.name} 的好友 {row.wecom_user_id}"))
    tally.unchanged = 1 - tally.updated
    return tally


def has_new_friends(external_userid: str, *, at: datetime) -> bool:
    """Whether somebody became this contact's friend just now, so that the platform may lag."""
    return Customer.objects.filter(
        external_userid=external_userid,
        followers__status=FollowerStatus.ACTIVE,
        followers__added_at__gte=at - LAG,
    ).exists()
