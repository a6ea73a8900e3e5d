"""`/api/v1/tags` and `/api/v1/tag-groups`: the team's catalogue (contract.md §3)."""

import pytest

from config.api.roles import Role
from config.events.models import OutboxEntry
from customers.models import CustomerStatus, CustomerTag, FollowUpPlan, PlanTrigger, Tag, TagGroup
from tests.factories import CustomerFactory, TagFactory, TagGroupFactory, UserFactory

pytestmark = pytest.mark.django_db
TAGS, GROUPS = "/api/v1/tags", "/api/v1/tag-groups"


@pytest.fixture
def boss(api, admin):
    return api(admin)


@pytest.fixture
def mine(api, lisi):
    return api(lisi)


def refused(response, *, status=400):
    assert response.status_code == status, response.content
    return {error["attr"]: error["code"] for error in response.json()["errors"]}


def carried(tag, *customers):
    for customer in customers:
        CustomerTag.objects.create(customer=customer, tag=tag)


def test_a_group_and_its_tags_are_made_changed_and_shown(mine):
    group = mine.post(GROUPS, {"name": "级别", "order": 2})
    assert group.status_code == 201
    vip = mine.post(TAGS, {"name": "VIP", "groupId": group.json()["id"]})
    assert vip.status_code == 201
    assert (vip.json()["group"], vip.json()["customer_count"]) == ("级别", 0)
    mine.patch(f"{TAGS}/{vip.json()['id']}", {"name": "SVIP"})
    mine.patch(f"{GROUPS}/{group.json()['id']}", {"name": "客户级别"})
    shown = mine.get(GROUPS).json()["list"][0]
    assert (shown["name"], [tag["name"] for tag in shown["tags"]]) == ("客户级别", ["SVIP"])
    assert mine.patch(f"{TAGS}/{vip.json()['id']}", {"group_id": None}).json()["group"] is None
    told = list(OutboxEntry.objects.order_by("id").values_list("name", flat=True))
    assert told == [
        "tag_group.created", "tag.created", "tag.updated", "tag_group.updated", "tag.updated"
    ]  # fmt: skip


def test_a_name_stands_once_in_its_group(mine):
    group = TagGroupFactory(name="级别")
    TagFactory(name="VIP", group=group)
    TagFactory(name="VIP")
    assert refused(mine.post(TAGS, {"name": "VIP", "group_id": group.pk})) == {"name": "unique"}
    assert refused(mine.post(TAGS, {"name": " VIP "})) == {"name": "unique"}
    assert refused(mine.post(GROUPS, {"name": "级别"})) == {"name": "unique"}
    assert mine.post(TAGS, {"name": "VIP", "group_id": TagGroupFactory().pk}).status_code == 201


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 31}, "name"),
        ({"name": "甲", "group_id": 987}, "group_id"),
        ({"name": "甲", "groupId": 10**30}, "group_id"),
        ({"name": "甲", "order": -1}, "order"),
    ],
)
def test_a_wrong_tag_is_refused_by_field(mine, body, attr):
    assert list(refused(mine.post(TAGS, body))) == [attr]


def test_tags_are_counted_in_ones_own_view_without_a_query_for_each(
    boss, mine, lisi, django_assert_max_num_queries
):
    tags = TagFactory.create_batch(12, group=TagGroupFactory())
    own, foreign = CustomerFactory(follow_user=lisi), CustomerFactory()
    gone = CustomerFactory(status=CustomerStatus.DELETED)
    for tag in tags:
        carried(tag, own, foreign, gone)
    for client, count in ((boss, 2), (mine, 1)):
        with django_assert_max_num_queries(4):
            page = client.get(f"{TAGS}?groupId={tags[0].group_id}&size=12").json()
        assert (page["total"], {row["customer_count"] for row in page["list"]}) == (12, {count})
    assert boss.get(f"{TAGS}?keyword={tags[0].name}&ordering=-name").json()["total"] >= 1
    with django_assert_max_num_queries(3):
        assert len(boss.get(GROUPS).json()["list"][0]["tags"]) == 12


def test_a_carried_tag_is_an_administrators_to_delete_from_all_at_once(boss, mine, lisi):
    tag, kept = TagFactory.create_batch(2)
    customers = CustomerFactory.create_batch(3, follow_user=lisi)
    carried(tag, *customers)
    detail = f"/api/v1/customers/{customers[0].pk}"
    assert [shown["id"] for shown in mine.get(detail).json()["tags"]] == [tag.pk]
    assert mine.delete(f"{TAGS}/{tag.pk}").status_code == 403
    assert boss.delete(f"{TAGS}/{tag.pk}").status_code == 204
    assert mine.delete(f"{TAGS}/{kept.pk}").status_code == 204
    assert not Tag.objects.exists()
    told = OutboxEntry.objects.filter(name="tag.deleted").order_by("id")
    assert [entry.payload["data"]["customers"] for entry in told] == [3, 0]


def test_a_group_goes_with_its_tags(boss):
    tag = TagFactory(group=TagGroupFactory())
    carried(tag, CustomerFactory())
    assert boss.delete(f"{GROUPS}/{tag.group_id}").status_code == 204
    assert [model.objects.count() for model in (Tag, TagGroup, CustomerTag)] == [0, 0, 0]


def test_a_tag_that_a_plan_or_a_rule_needs_stays(boss):
    tag, other = TagFactory.create_batch(2)
    FollowUpPlan.objects.create(name="新客", trigger=PlanTrigger.TAG_ADDED, trigger_tag=tag)
    other.rules.create(name="规则", conditions={})
    for each in (tag, other):
        assert refused(boss.delete(f"{TAGS}/{each.pk}"), status=409) == {None: "tag_in_use"}


def test_the_catalogue_is_the_teams(api, boss):
    client = api(UserFactory(role=Role.CUSTOMER))
    for path in (TAGS, GROUPS):
        assert client.get(path).status_code == 403
        assert client.post(path, {"name": "甲"}).status_code == 403
        assert boss.get(f"{path}/987").status_code == 404
        assert boss.patch(f"{path}/987", {"name": "甲"}).status_code == 404
        assert boss.delete(f"{path}/987").status_code == 404
