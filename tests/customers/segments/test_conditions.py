"""A condition means exactly the customers that it says, and nothing wrong passes for one."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.errors import InvalidInputError
from customers.conditions import customers_matching, in_words, parse
from customers.models import (
    Customer,
    CustomerActivity,
    CustomerGroup,
    CustomerTag,
    FollowUp,
    GroupMember,
    MemberKind,
    RiskLevel,
)
from tests.factories import CustomerFactory, ProjectFactory, TagFactory

pytestmark = pytest.mark.django_db


def leaf(field, op, value, **params):
    return {"field": field, "op": op, "value": value, **params}


@pytest.fixture
def people(lisi, wangwu):
    """Two customers who differ in everything, and one of whom we know nothing."""
    now = timezone.now()
    ann = CustomerFactory(
        name="安",
        phone="+8613800138000",
        company="华南机械",
        city="深圳",
        channel="wecom",
        gender=2,
        follow_user=lisi,
        attributes={"level": "VIP"},
        last_active_at=now - timedelta(days=2),
        last_contact_at=now - timedelta(days=20),
        risk_score=70,
        risk_level=RiskLevel.HIGH,
        external_userid="wm-ann",
    )
    bob = CustomerFactory(
        name="波",
        company="北方物流",
        follow_user=wangwu,
        last_active_at=now - timedelta(days=90),
        blocked_at=now,
    )
    CustomerFactory(name="无", phone="", company="")
    vip, new = TagFactory(pk=901, name="重点"), TagFactory(pk=902, name="新客")
    CustomerTag.objects.create(customer=ann, tag=vip)
    CustomerTag.objects.create(customer=ann, tag=new)
    CustomerTag.objects.create(customer=bob, tag=new)
    today = timezone.localdate()
    CustomerActivity.objects.create(customer=ann, date=today, count=3)
    CustomerActivity.objects.create(customer=ann, date=today - timedelta(days=3), count=2)
    CustomerActivity.objects.create(customer=bob, date=today - timedelta(days=60), count=9)
    FollowUp.objects.create(
        customer=ann, content="回访", author_name="李四", next_at=now - timedelta(hours=1)
    )
    FollowUp.objects.create(
        customer=bob, content="回访", author_name="王五", next_at=now + timedelta(days=3)
    )
    group = CustomerGroup.objects.create(pk=501, chat_id="wr-1", name="一群")
    for customer, left in ((ann, None), (bob, now)):
        GroupMember.objects.create(
            group=group,
            member_id=customer.name,
            kind=MemberKind.EXTERNAL,
            customer=customer,
            joined_at=now,
            left_at=left,
        )
    ProjectFactory(
        customer=ann, stage="insale", amount=Decimal(800), product="网关", won_at=timezone.now()
    )
    ProjectFactory(customer=ann, amount=Decimal(300), product="网关")
    ProjectFactory(customer=bob, amount=Decimal(100), status="lost", product="")
    return lisi.pk


CASES = [
    (leaf("name", "eq", "安"), "安"),
    (leaf("company", "contains", "物流"), "波"),
    (leaf("company", "not_contains", "物流"), "安无"),
    (leaf("company", "is_empty", True), "无"),
    (leaf("company", "starts_with", "华"), "安"),
    (leaf("city", "in", ["深圳", "广州"]), "安"),
    (leaf("phone", "eq", "138 0013 8000"), "安"),
    (leaf("external_userid", "is_empty", True), "波无"),
    (leaf("external_userid", "ne", "wm-ann"), "波无"),
    (leaf("attribute", "eq", "VIP", key="level"), "安"),
    (leaf("attribute", "ne", "VIP", key="level"), "波无"),
    (leaf("attribute", "in", ["VIP", "SVIP"], key="level"), "安"),
    (leaf("attribute", "is_empty", True, key="level"), "波无"),
    (leaf("channel", "eq", "wecom"), "安"),
    (leaf("channel", "not_in", ["wecom", "import"]), "波无"),
    (leaf("gender", "ne", 2), "波无"),
    (leaf("add_time", "within_days", 1), "安波无"),
    (leaf("created_at", "before", "2020-01-01"), ""),
    (leaf("owner", "is_empty", True), "无"),
    (leaf("tags", "has_any", [901]), "安"),
    (leaf("tags", "has_all", [901, 902]), "安"),
    (leaf("tags", "has_none", [901]), "波无"),
    (leaf("tags", "is_empty", True), "无"),
    (leaf("groups", "has_any", [501]), "安"),
    (leaf("last_active_at", "within_days", 7), "安"),
    (leaf("last_active_at", "older_than_days", 30), "波"),
    ({"not": leaf("last_active_at", "within_days", 7)}, "波无"),
    (leaf("last_active_at", "is_empty", True), "无"),
    (leaf("activity.count", "gte", 5, days=7), "安"),
    (leaf("activity.count", "lt", 4, days=2), "安波无"),
    (leaf("activity.count", "lt", 5, days=7), "波无"),
    (leaf("activity.count", "between", [0, 9], days=90), "安波无"),
    (leaf("activity.days", "eq", 0, days=7), "波无"),
    (leaf("activity.days", "gte", 2, days=7), "安"),
    (leaf("last_contact_at", "older_than_days", 10), "安"),
    (leaf("follow_up.due", "eq", True), "安"),
    (leaf("follow_up.due", "eq", False), "波无"),
    (leaf("follow_up.next_at", "next_days", 7), "波"),
    (leaf("follow_up.next_at", "is_empty", True), "无"),
    (leaf("projects.count", "gte", 2), "安"),
    (leaf("projects.count", "eq", 1, stage="presale"), "安波"),
    (leaf("projects.count", "eq", 0, status="open"), "波无"),
    (leaf("projects.amount", "gte", 1100), "安"),
    (leaf("projects.amount", "lte", 100), "波无"),
    (leaf("projects.stage", "has_any", ["insale", "aftersale"]), "安"),
    (leaf("projects.product", "contains", "网"), "安"),
    (leaf("projects.product", "is_empty", True), "波无"),
    (leaf("risk_score", "gt", 60), "安"),
    (leaf("risk_level", "in", ["medium", "high"]), "安"),
    (leaf("blocked", "eq", True), "波"),
    ({"all": []}, "安波无"),
    ({"not": {"all": []}}, ""),
    ({"any": [leaf("blocked", "eq", True), {"all": []}]}, "安波无"),
    ({"any": [leaf("name", "eq", "安"), leaf("blocked", "eq", True)]}, "安波"),
    ({"not": {"any": [leaf("name", "eq", "安"), leaf("tags", "has_any", [902])]}}, "无"),
]


@pytest.mark.parametrize(("condition", "expected"), CASES)
def test_a_condition_means_these_customers(
    people, condition, expected, django_assert_max_num_queries
):
    read = parse(condition)
    with django_assert_max_num_queries(1):
        found = list(customers_matching(read, Customer.objects.all()))
    assert "".join(sorted(customer.name for customer in found)) == "".join(sorted(expected))


def test_the_owner_is_named_by_id(people):
    mine = parse(leaf("owner", "in", [people]))
    assert [c.name for c in customers_matching(mine, Customer.objects.all())] == ["安"]


def nested(depth):
    condition = leaf("name", "eq", "安")
    for _ in range(depth - 1):
        condition = {"not": condition}
    return condition


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (None, "conditions"),
        ([], "conditions"),
        ({}, "conditions"),
        ({"all": [], "any": []}, "conditions"),
        ({"xor": []}, "conditions"),
        ({"any": []}, "conditions.any"),
        ({"all": {}}, "conditions.all"),
        ({"all": [5]}, "conditions.all.0"),
        ({"all": [leaf("shoe_size", "eq", 1)]}, "conditions.all.0.field"),
        (leaf(["name"], "eq", "x"), "conditions.field"),
        (leaf("name", ["eq"], "x"), "conditions.op"),
        (leaf("channel", "between", "wecom"), "conditions.op"),
        (leaf("channel", "is_empty", True), "conditions.op"),
        ({"field": "name", "op": "eq"}, "conditions.value"),
        ({"all": [leaf("channel", "eq", "fax")]}, "conditions.all.0.value"),
        (leaf("channel", "in", ["wecom", "fax"]), "conditions.value.1"),
        (leaf("gender", "eq", True), "conditions.value"),
        (leaf("gender", "eq", "2"), "conditions.value"),
        (leaf("name", "eq", ""), "conditions.value"),
        (leaf("name", "eq", "x" * 201), "conditions.value"),
        (leaf("name", "eq", "a\x00"), "conditions.value"),
        (leaf("phone", "eq", "12"), "conditions.value"),
        (leaf("tags", "has_any", []), "conditions.value"),
        (leaf("tags", "has_any", [0]), "conditions.value.0"),
        (leaf("tags", "has_any", [10**30]), "conditions.value.0"),
        (leaf("tags", "has_any", list(range(1, 102))), "conditions.value"),
        (leaf("risk_score", "gt", 1.5), "conditions.value"),
        (leaf("risk_score", "between", [9, 1]), "conditions.value"),
        (leaf("projects.amount", "gt", 10**400), "conditions.value"),
        (leaf("projects.amount", "gt", float("nan")), "conditions.value"),
        (leaf("add_time", "on", "2026-02-30"), "conditions.value"),
        (leaf("add_time", "between", ["2026-02-03"]), "conditions.value"),
        (leaf("add_time", "within_days", 99999), "conditions.value"),
        (leaf("activity.count", "gt", 1), "conditions.days"),
        (leaf("activity.count", "gt", 1, days=0), "conditions.days"),
        (leaf("name", "eq", "x", days=3), "conditions.days"),
        (leaf("projects.count", "gt", 1, stage="never"), "conditions.stage"),
        (nested(6), "conditions.not.not.not.not.not"),
        ({"all": [{"all": [leaf("name", "eq", "x")] * 26}] * 2}, "conditions.all.1.all.24"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(wrong, path):
    with pytest.raises(InvalidInputError) as error:
        parse(wrong)
    assert error.value.attr == path


def test_five_levels_and_fifty_leaves_are_allowed():
    parse(nested(5))
    parse({"all": [leaf("name", "eq", "x")] * 50})


def test_a_condition_is_told_in_chinese(people):
    condition = parse(
        {
            "all": [
                leaf("channel", "eq", "wecom"),
                {"any": [leaf("tags", "has_any", [901, 77]), leaf("owner", "eq", people)]},
                {"not": leaf("last_active_at", "within_days", 30)},
                leaf("activity.count", "gte", 3, days=30),
                leaf("projects.amount", "between", [1, 2.5], stage="insale"),
                leaf("blocked", "eq", False),
                leaf("company", "is_empty", False),
            ]
        }
    )
    assert in_words(condition) == (
        "来源 是「企业微信」，且 （标签 含任意一个「重点」、「已删除的 77 号」，或 跟进人 是「李四」），"
        "且 不满足（最近活跃 在最近 30 天内），且 活跃次数（最近 30 天）不少于 3，"
        "且 项目金额合计（售中）介于 1 到 2.5，且 已拉黑：否，且 公司 不为空"
    )
