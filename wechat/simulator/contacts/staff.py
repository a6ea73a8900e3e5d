"""Whose customers they are: `get_follow_user_list`, `user/simplelist`, `user/list`."""

from typing import Any

from django.http import HttpResponse

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts.calls import contact_get
from wechat.simulator.contacts.models import Colleague
from wechat.simulator.members import ROOT_PARTY


def present() -> list[Colleague]:
    """Who works here today."""
    return list(Colleague.objects.filter(left_at=None).order_by("pk"))


@contact_get
def follow_user_list(_query: dict[str, str]) -> HttpResponse:
    """`GET externalcontact/get_follow_user_list`: everybody here has the function."""
    return ok(follow_user=[row.userid for row in present()])


@contact_get
def simple_list(query: dict[str, str]) -> HttpResponse:
    """`GET user/simplelist?department_id=`."""
    return ok(userlist=[_short(row) for row in _of_department(query)])


@contact_get
def full_list(query: dict[str, str]) -> HttpResponse:
    """`GET user/list?department_id=`."""
    more = {
        "main_department": int(ROOT_PARTY),
        "position": "",
        "status": 1,
        "isleader": 0,
        "is_leader_in_dept": [0],
        "order": [0],
        "direct_leader": [],
    }
    return ok(userlist=[{**_short(row), **more} for row in _of_department(query)])


def _short(row: Colleague) -> dict[str, Any]:
    return {"userid": row.userid, "name": row.name, "department": [int(ROOT_PARTY)]}


def _of_department(query: dict[str, str]) -> list[Colleague]:
    """Everybody is in the root department; raises 40058 without an id, 60123 for another."""
    department = query.get("department_id", "")
    if not (department.isascii() and department.isdigit()):
        raise PlatformError(40058, "invalid department_id")
    if department != ROOT_PARTY:
        raise PlatformError(60123, "invalid party id")
    return present()
