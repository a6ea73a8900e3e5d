"""A member leaves the company, or joins it (§2.3).

The real platform tells this to the receiver of contact synchronisation; the sandbox has one door.
"""

from typing import Any

from django.utils import timezone

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts import events
from wechat.simulator.contacts.acts.told import NAME_LENGTH, Done, the_colleague, word
from wechat.simulator.contacts.models import Colleague, GroupChat, GroupStatus
from wechat.simulator.members import is_member


def member_resigns(body: dict[str, Any]) -> Done:
    """`{userid}`: the customers wait for somebody to take over, and so do the groups."""
    member = the_colleague(body)
    member.left_at = timezone.now()
    member.save(update_fields=["left_at"])
    GroupChat.objects.filter(owner=member.userid).update(status=GroupStatus.OWNER_LEFT)
    return Done([events.staff("delete_user", member.userid)])


def member_joins(body: dict[str, Any]) -> Done:
    """`{userid, name}`: somebody new, or back again."""
    userid, name = word(body, "userid"), word(body, "name", most=NAME_LENGTH)
    if not is_member(userid):
        raise InvalidRequest("userid", "不是有效的成员账号")
    if Colleague.objects.filter(userid=userid, left_at=None).exists():
        raise InvalidRequest("userid", "已经是成员")
    Colleague.objects.update_or_create(userid=userid, defaults={"name": name, "left_at": None})
    return Done([events.staff("create_user", userid, Name=name)])
