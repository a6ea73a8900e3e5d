"""What the company writes about a customer: `externalcontact/remark`, `mark_tag`.

Neither fires a callback (§2.4).
"""

from typing import Any

from django.db import transaction
from django.http import HttpResponse

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts.calls import colleague, contact, contact_post, text, texts
from wechat.simulator.contacts.models import Follow, Tag

LENGTHS = {"remark": 20, "description": 150, "remark_company": 20}
MOBILES = 5
MOST_TAGS = 3000
UNKNOWN_TAG = 40068


@contact_post
def remark(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/remark`: only what is given changes; `[""]` empties the mobiles."""
    with transaction.atomic():
        annotate(_followed(body), body)
    return ok()


@contact_post
def mark_tag(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/mark_tag`; 40068 for a tag that is none."""
    with transaction.atomic():
        mark(_followed(body), body)
    return ok()


def annotate(row: Follow, body: dict[str, Any]) -> None:
    """Raises 40058 when nothing is given or too much."""
    given: dict[str, Any] = {
        name: text(body, name, most) for name, most in LENGTHS.items() if name in body
    }
    if "remark_mobiles" in body:
        mobiles = texts(body, "remark_mobiles", least=0, most=MOBILES)
        given["remark_mobiles"] = [mobile for mobile in mobiles if mobile]
    if not given and not text(body, "remark_pic_mediaid", 200):
        raise PlatformError(40058, "nothing to change")
    _change(row, **given)


def mark(row: Follow, body: dict[str, Any]) -> None:
    """Adds and removes tags; raises 40058, 40068."""
    added = texts(body, "add_tag", least=0, most=MOST_TAGS)
    removed = texts(body, "remove_tag", least=0, most=MOST_TAGS)
    if not added and not removed:
        raise PlatformError(40058, "add_tag and remove_tag all empty")
    if Tag.objects.filter(tag_id__in=added).count() < len(added):
        raise PlatformError(UNKNOWN_TAG, "invalid tagid")
    kept = [tag_id for tag_id in row.tags if tag_id not in removed]
    tags = list(dict.fromkeys([*kept, *added]))
    if len(tags) > MOST_TAGS:
        raise PlatformError(40058, "too many tags")
    _change(row, tags=tags)


def _change(row: Follow, **fields: Any) -> None:
    if fields:
        Follow.objects.filter(pk=row.pk).update(**fields)


def _followed(body: dict[str, Any]) -> Follow:
    """The member's friend, locked; raises 40003, 60111, 40096, 84061."""
    member = colleague(body.get("userid"))
    found = contact(body.get("external_userid"))
    rows = Follow.objects.select_for_update()
    row = rows.filter(contact=found, userid=member.userid).first()
    if row is None:
        raise PlatformError(84061, "not external contact")
    return row
