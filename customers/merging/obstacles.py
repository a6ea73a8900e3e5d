"""What speaks against two records being one person, or being made one."""

from customers.models import Customer, MergeCase, MergeStatus, User


def obstacles(one: Customer, other: Customer) -> list[str]:
    """Why these two cannot be merged at all, in words."""
    found = []
    both = one.external_userid, other.external_userid
    if all(both) and both[0] != both[1]:
        found.append("两位各是一个企业微信外部联系人，企业微信那边仍是两个人")
    return found


def doubts(one: Customer, other: Customer) -> list[str]:
    """Why a machine leaves it to a person; the obstacles too."""
    found = obstacles(one, other)
    if one.unionid and other.unionid and one.unionid != other.unionid:
        found.append("两位的 UnionID 不同")
    if one.phone and other.phone and one.phone != other.phone:
        found.append("两位的手机号不同")
    if one.is_blocked or other.is_blocked:
        found.append("有一位在黑名单里")
    if User.objects.filter(customer__in=[one, other]).count() > 1:
        found.append("两位各有登录账号")
    pair = sorted((one.pk, other.pk))
    asked = MergeCase.objects.filter(first=pair[0], second=pair[1])
    if asked.filter(status=MergeStatus.DISMISSED).exists():
        found.append("已判定不是同一人")
    return found
