"""Who our customers are: `externalcontact/list`, `get`, `batch/get_by_user`."""

from typing import Any

from django.http import HttpResponse

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts import shown
from wechat.simulator.contacts.calls import (
    colleague,
    contact,
    contact_get,
    contact_post,
    number,
    page,
    text,
    texts,
)
from wechat.simulator.contacts.models import Follow

FOLLOWERS_A_PAGE = 500
MEMBERS_A_CALL = 100
CUSTOMERS_A_PAGE = 100
DEFAULT_LIMIT = 50
CURSOR_LENGTH = 64


@contact_get
def customer_list(query: dict[str, str]) -> HttpResponse:
    """`GET externalcontact/list?userid=`; 84061 for a member without customers."""
    member = colleague(query.get("userid", ""))
    rows = Follow.objects.filter(userid=member.userid).order_by("pk")
    ids = list(rows.values_list("contact__external_userid", flat=True))
    if not ids:
        raise PlatformError(84061, "not external contact")
    return ok(external_userid=ids)


@contact_get
def customer_get(query: dict[str, str]) -> HttpResponse:
    """`GET externalcontact/get?external_userid=&cursor=`; 40096 nobody, 84061 nobody's friend."""
    found = contact(query.get("external_userid", ""))
    cursor = text(query, "cursor", CURSOR_LENGTH)
    rows, next_cursor = page(found.follows.all(), cursor, FOLLOWERS_A_PAGE)
    if not rows and not cursor:
        raise PlatformError(84061, "not external contact")
    tags = shown.tags_of(rows)
    followers = [
        {**shown.follow(row), "tags": [tags[tag_id] for tag_id in row.tags if tag_id in tags]}
        for row in rows
    ]
    fields: dict[str, Any] = {"next_cursor": next_cursor} if next_cursor else {}
    return ok(external_contact=shown.contact(found), follow_user=followers, **fields)


@contact_post
def batch_get_by_user(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/batch/get_by_user`: one entry for each member and customer."""
    userids = texts(body, "userid_list", least=1, most=MEMBERS_A_CALL)
    members = [colleague(userid).userid for userid in userids]
    limit = number(body, "limit", least=1, most=CUSTOMERS_A_PAGE, default=DEFAULT_LIMIT)
    rows, next_cursor = page(
        Follow.objects.filter(userid__in=members).select_related("contact"),
        text(body, "cursor", CURSOR_LENGTH),
        limit,
    )
    entries = [
        {
            "external_contact": shown.contact(row.contact),
            "follow_info": {**shown.follow(row), "tag_id": row.tags},
        }
        for row in rows
    ]
    return ok(external_contact_list=entries, next_cursor=next_cursor)
