"""Two records beside each other, for whoever decides whether they are one person."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from customers.models import Customer


@dataclass(frozen=True)
class Line:
    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return bool(self.first and self.second) and self.first != self.second

    @property
    def is_same(self) -> bool:
        return bool(self.first) and self.first == self.second


def compared(first: Customer, second: Customer) -> list[Line]:
    """With a number of queries that does not grow with what they have."""
    lines = [Line(label, show(first), show(second)) for label, show in _SHOWN]
    for label, relation in _COUNTED:
        ids = (first.pk, second.pk)
        rows = Customer.objects.filter(pk__in=ids).annotate(found=Count(relation))
        counts = dict(rows.values_list("pk", "found"))
        lines.append(Line(label, str(counts.get(first.pk, 0)), str(counts.get(second.pk, 0))))
    return lines


def _at(name: str) -> Callable[[Customer], str]:
    def show(customer: Customer) -> str:
        at = getattr(customer, name)
        return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""

    return show


def _owner(customer: Customer) -> str:
    return customer.follow_user.display_name if customer.follow_user else ""


_SHOWN: list[tuple[str, Callable[[Customer], str]]] = [
    ("姓名", lambda one: one.name),
    ("手机", lambda one: one.phone_display),
    ("公司", lambda one: one.company),
    ("来源", lambda one: one.get_channel_display()),
    ("状态", lambda one: one.get_status_display()),
    ("跟进人", _owner),
    ("外部联系人 ID", lambda one: one.external_userid or ""),
    ("UnionID", lambda one: one.unionid),
    ("备注", lambda one: one.remark),
    ("黑名单", lambda one: one.block_reason or ("是" if one.is_blocked else "")),
    ("创建时间", _at("created_at")),
    ("最近活跃", _at("last_active_at")),
]
_COUNTED = [
    ("渠道地址", "identifiers"),
    ("标签", "tag_links"),
    ("跟进记录", "follow_ups"),
    ("项目", "projects"),
]
