"""Customer groups over the API: list, members, tags, figures, each in one's own view only."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.events.models import OutboxEntry
from customers.models import GroupMember
from tests.factories import CustomerFactory, CustomerGroupFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(lisi):
    return CustomerGroupFactory(
        name="恒远售后群", owner=lisi, owner_userid="lisi", notice="9 点上班"
    )


def stay(group, member_id, days_ago=0, left_days_ago=None, kind=2, **more):
    now = timezone.now()
    return GroupMember.objects.create(
        group=group,
        member_id=member_id,
        kind=kind,
        joined_at=now - timedelta(days=days_ago),
        left_at=None if left_days_ago is None else now - timedelta(days=left_days_ago),
        **more,
    )


def listed(response):
    assert response.status_code == 200, response.json()
    return [row["name"] for row in response.json()["list"]]


def test_the_list_with_each_filter(api, admin, group, wangwu):
    other = CustomerGroupFactory(
        name="内测群", owner=wangwu, owner_userid="wangwu", status="dismissed"
    )
    tag = TagFactory()
    other.tags.add(tag)
    client = api(admin)
    assert listed(client.get("/api/v1/groups")) == ["内测群", "恒远售后群"]
    for query, names in [
        ({"keyword": "恒远"}, ["恒远售后群"]),
        ({"keyword": "9 点"}, ["恒远售后群"]),
        ({"owner": "wangwu"}, ["内测群"]),
        ({"owner": wangwu.pk}, ["内测群"]),
        ({"tag": tag.pk}, ["内测群"]),
        ({"status": "active"}, ["恒远售后群"]),
        ({"keyword": "没有这样的群"}, []),
    ]:
        assert listed(client.get("/api/v1/groups", query)) == names, query


@pytest.mark.parametrize(
    "query",
    [{"tag": "x"}, {"tag": "9" * 30}, {"status": "odd"}, {"keyword": "\0"}, {"owner": "\0"}],
)
def test_odd_filters_are_refused_by_name(api, admin, query):
    answer = api(admin).get("/api/v1/groups", query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == next(iter(query))


def test_a_page_takes_few_queries(api, admin, lisi, django_assert_max_num_queries):
    for _ in range(15):
        group = CustomerGroupFactory(owner=lisi)
        group.tags.add(TagFactory(), TagFactory())
    with django_assert_max_num_queries(5):
        assert len(listed(api(admin).get("/api/v1/groups"))) == 15


def test_a_group_says_whose_it_is_and_which_tags_it_has(api, lisi, group):
    tag = TagFactory()
    group.tags.add(tag)
    found = api(lisi).get(f"/api/v1/groups/{group.pk}").json()
    assert (found["name"], found["owner"], found["owner_name"]) == ("恒远售后群", lisi.pk, "李四")
    assert [each["id"] for each in found["tags"]] == [tag.pk]


def test_members_present_and_past(api, lisi, group):
    mine = CustomerFactory(follow_user=lisi)
    foreign = CustomerFactory()
    stay(group, "lisi", kind=1, name="李四")
    stay(group, "wmMine", customer=mine, name="我的客户")
    stay(group, "wmForeign", customer=foreign, name="别人的客户")
    stay(group, "wmGone", 9, 3, quit_scene=1, name="走了")
    path = f"/api/v1/groups/{group.pk}/members"
    client = api(lisi)
    present = client.get(path).json()["list"]
    assert {row["member_id"]: row["customer_id"] for row in present} == {
        "lisi": None, "wmMine": mine.pk, "wmForeign": None,
    }  # fmt: skip
    (gone,) = client.get(path, {"left": "true"}).json()["list"]
    assert (gone["member_id"], gone["quit_scene"]) == ("wmGone", 1)
    assert client.get(path, {"left": "all"}).json()["total"] == 4
    assert client.get(path, {"left": "maybe"}).status_code == 400


def test_tags_are_added_once_and_removed(api, lisi, group):
    tag, other = TagFactory(), TagFactory()
    client, path = api(lisi), f"/api/v1/groups/{group.pk}/tags"
    first = client.post(path, {"tagIds": [tag.pk, other.pk]}, format="json")
    assert first.status_code == 200, first.json()
    assert {each["id"] for each in first.json()["tags"]} == {tag.pk, other.pk}
    client.post(path, {"tag_ids": [tag.pk]}, format="json")
    assert client.delete(f"{path}/{tag.pk}").status_code == 204
    assert client.delete(f"{path}/{tag.pk}").status_code == 204
    assert list(group.tags.all()) == [other]
    events = OutboxEntry.objects.filter(kind=OutboxEntry.Kind.EVENT).order_by("id")
    assert [row.name for row in events] == ["customer.group.tagged", "customer.group.untagged"]
    assert client.delete(f"{path}/{2**40}").status_code == 404


@pytest.mark.parametrize("body", [{}, {"tag_ids": []}, {"tag_ids": ["x"]}, {"tag_ids": [2**62]}])
def test_tags_that_there_are_not_are_refused_by_name(api, lisi, group, body):
    answer = api(lisi).post(f"/api/v1/groups/{group.pk}/tags", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"].startswith("tag_ids")


def test_joins_and_leaves_by_day(api, lisi, group):
    stay(group, "lisi", 40, kind=1)
    stay(group, "wmA", 0)
    stay(group, "wmB", 2, 1)
    stay(group, "wmOld", 90, 60)
    found = api(lisi).get(f"/api/v1/groups/{group.pk}/statistics", {"days": 3}).json()
    assert [(day["joined"], day["left"], day["net"]) for day in found["trend"]] == [
        (1, 0, 1), (0, 1, -1), (1, 0, 1),
    ]  # fmt: skip
    assert (found["members"], found["staff"], found["external"]) == (2, 1, 1)
    assert (found["joined"], found["left"], found["net"]) == (2, 1, 1)


@pytest.mark.parametrize("days", ["0", "367", "x", "-1", "9" * 5000])
def test_odd_days_are_refused(api, lisi, group, days):
    answer = api(lisi).get(f"/api/v1/groups/{group.pk}/statistics", {"days": days})
    assert answer.status_code == 400


def test_a_colleagues_group_is_not_there_and_customers_may_not_ask(api, wangwu, group):
    tag = TagFactory()
    path = f"/api/v1/groups/{group.pk}"
    customer = UserFactory(role="customer", wecom_user_id=None)
    calls = [
        ("get", path, None),
        ("get", f"{path}/members", None),
        ("get", f"{path}/statistics", None),
        ("post", f"{path}/tags", {"tag_ids": [tag.pk]}),
        ("delete", f"{path}/tags/{tag.pk}", None),
    ]
    for verb, url, body in calls:
        assert getattr(api(wangwu), verb)(url, body, format="json").status_code == 404, url
        assert getattr(api(customer), verb)(url, body, format="json").status_code == 403, url
        assert getattr(api(), verb)(url, body, format="json").status_code == 401, url
    assert listed(api(wangwu).get("/api/v1/groups")) == []


def test_an_operator_changes_the_tags_in_the_admin(client, admin, group):
    tag, old = TagFactory(), TagFactory()
    group.tags.add(old)
    stay(group, "wmA", name="在群的人")
    stay(group, "wmB", 9, 3, name="走了的人")
    client.force_login(admin)
    page = client.get(f"/admin/customers/customergroup/{group.pk}/change/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "在群的人" in text
    assert "走了的人" in text
    assert client.get("/admin/customers/customergroup/").status_code == 200
    form = {"tags": [tag.pk]}
    for prefix in ("members", "members-2"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = client.post(f"/admin/customers/customergroup/{group.pk}/change/", form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert list(group.tags.all()) == [tag]
