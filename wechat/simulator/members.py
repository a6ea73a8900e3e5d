"""Who works at the pretended corporation, and where they talk."""

import re

GROUP_ID = "test_group_001"
GROUP_NAME = "售后内部群"
MEMBERS = {"lisi": "李四", "wangwu": "王五", "zhaoliu": "赵六", "admin": "管理员"}
# A large corporation: every well-formed id is a colleague's, save those that say they are not.
_WELL_FORMED = re.compile(r"(?!unknown)[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")


def is_member(userid: str) -> bool:
    return _WELL_FORMED.fullmatch(userid) is not None


def name_of(userid: str) -> str:
    return MEMBERS.get(userid, userid)
