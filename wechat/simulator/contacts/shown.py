"""Customers as the platform's answers show them."""

from typing import Any

from wechat.simulator.contacts.models import Contact, Follow, Tag

CORPORATE_TAG = 1


def contact(row: Contact) -> dict[str, Any]:
    """`external_contact`: who is a user of WeCom elsewhere has a corporation and a position."""
    fields: dict[str, Any] = {
        "external_userid": row.external_userid,
        "name": row.name,
        "type": row.kind,
        "avatar": "",
        "gender": row.gender,
    }
    if row.unionid:
        fields["unionid"] = row.unionid
    if row.corp_name:
        fields |= {
            "corp_name": row.corp_name,
            "corp_full_name": row.corp_name,
            "position": row.position,
        }
    return fields


def follow(row: Follow) -> dict[str, Any]:
    """What `follow_user` and `follow_info` have in common."""
    fields = {
        "userid": row.userid,
        "remark": row.remark,
        "description": row.description,
        "createtime": int(row.created_at.timestamp()),
        "remark_mobiles": row.remark_mobiles,
        "oper_userid": row.oper_userid,
        "add_way": row.add_way,
    }
    if row.remark_company:
        fields["remark_corp_name"] = row.remark_company
    if row.state:
        fields["state"] = row.state
    return fields


def tags_of(rows: list[Follow]) -> dict[str, dict[str, Any]]:
    """`follow_user`'s tags by id, for all of `rows` in one query."""
    wanted = {tag_id for row in rows for tag_id in row.tags}
    found = Tag.objects.filter(tag_id__in=wanted).select_related("group")
    return {
        tag.tag_id: {
            "group_name": tag.group.name,
            "tag_name": tag.name,
            "tag_id": tag.tag_id,
            "type": CORPORATE_TAG,
        }
        for tag in found
    }
