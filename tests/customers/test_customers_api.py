"""`/api/v1/customers` as seed 003 calls it, and what the contract adds (contract.md §3)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.api.roles import Role
from customers.models import Customer, CustomerStatus, CustomerTag, Segment
from messaging.models import ChannelType
from tests.factories import CustomerFactory, TagFactory, TagGroupFactory, TicketFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/customers"


def refused(response, *, status=400):
    assert response.status_code == status, response.content
    return {error["attr"]: error["code"] for error in response.json()["errors"]}


def names(response):
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["list"]]


@pytest.fixture
def boss(api, admin):
    return api(admin)


@pytest.fixture
def mine(api, lisi):
    return api(lisi)


# --- Seed 003 -------------------------------------------------------------------------------------


def test_the_seeds_calls_behave_as_in_the_seed(boss, lisi):
    made = boss.post(
        URL,
        {
            "name": "张三",
            "externalUserid": "wmAAAA",
            "corpId": 1,
            "type": 1,
            "gender": 2,
            "unionid": "ozynqsulJFCZ2z1aYeS8h-nuasdAAA",
            "province": "广东",
            "city": "深圳",
            "followUserId": lisi.pk,
            "addTime": "2025-10-28T08:00:00Z",
            "channel": "wecom",
            "avatar": "https://wx.qlogo.cn/mmhead/0",
        },
    )
    assert made.status_code == 201, made.content
    body = made.json()
    assert {
        "corp_id": "1",
        "external_userid": "wmAAAA",
        "gender": 2,
        "status": 1,
        "follow_user_id": lisi.pk,
        "follow_user": "李四",
        "add_time": "2025-10-28T16:00:00+08:00",
        "tags": [],
    }.items() <= body.items()
    vip = TagFactory(name="VIP", group=TagGroupFactory(name="级别"))
    tagged = boss.post(f"{URL}/{body['id']}/tags", {"tagIds": [vip.pk]})
    shown = {"id": vip.pk, "name": "VIP", "group_id": vip.group_id, "group": "级别"}
    assert (tagged.status_code, tagged.json()["tags"]) == (200, [shown])
    again = boss.post(f"{URL}/{body['id']}/tags", {"tagIds": [vip.pk]})
    assert (again.status_code, again.json()["tags"]) == (200, [shown])
    assert boss.get(f"{URL}/{body['id']}").json()["tags"] == [shown]
    page = boss.get(f"{URL}?keyword=张三&channel=wecom&status=1&followUserId={lisi.pk}").json()
    assert set(page) == {"list", "total", "page", "size"}
    assert [(row["name"], row["tags"]) for row in page["list"]] == [("张三", [shown])]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"name": "required"}),
        ({"name": "甲", "channel": "扫码"}, {"channel": "invalid_choice"}),
        (
            {"name": "甲", "gender": 3, "type": "x"},
            {"gender": "invalid_choice", "type": "invalid_choice"},
        ),
        ({"name": "甲", "followUserId": 10**30}, {"follow_user_id": "invalid"}),
        ({"name": "甲", "followUserId": {"a": 1}}, {"follow_user_id": "invalid"}),
        ({"name": "甲", "addTime": "1500-01-01T00:00:00Z"}, {"add_time": "out_of_range"}),
        ({"name": "甲", "phone": "abc"}, {"phone": "invalid"}),
        ({"name": "甲", "avatar": "x"}, {"avatar": "invalid"}),
        ({"name": "甲", "attributes": [1]}, {"attributes": "not_a_dict"}),
        ({"name": ["甲"]}, {"name": "invalid"}),
        ({"name": "甲", "tagIds": 1, "corpId": "1", "corp_id": 2}, {"corp_id": "invalid"}),
    ],
)
def test_a_wrong_body_is_refused_by_field(boss, body, errors):
    assert refused(boss.post(URL, body)) == errors


def test_a_customer_is_made_once(boss):
    boss.post(URL, {"name": "张三", "phone": "13800138000", "external_userid": "wm1"})
    same = {"name": "张三", "phone": "+86 138 0013 8000"}
    assert refused(boss.post(URL, same)) == {"phone": "unique"}
    assert refused(boss.post(URL, {"externalUserid": "wm1"})) == {"external_userid": "unique"}


def test_a_repeated_request_makes_one_customer(boss):
    first, again = [
        boss.post(URL, {"name": "张三"}, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    ]
    assert first.json() == again.json()
    assert Customer.objects.count() == 1


def test_the_owner_is_named_by_id_user_name_or_wecom_id(boss, lisi, wangwu):
    wangwu.wecom_user_id = "WangWu"
    wangwu.save()
    for given in (lisi.pk, str(lisi.pk), "lisi"):
        made = boss.post(URL, {"name": "甲", "follow_user_id": given})
        assert made.json()["follow_user"] == "李四"
    assert boss.post(URL, {"name": "甲", "followUserId": "WangWu"}).json()["follow_user"] == "王五"
    stranger = refused(boss.post(URL, {"name": "甲", "followUserId": "nobody"}))
    assert stranger == {"follow_user_id": "unknown_staff"}


# --- List -----------------------------------------------------------------------------------------


def test_the_list_filters(boss, lisi):
    a, b = TagFactory.create_batch(2)
    both = CustomerFactory(name="两个标签", follow_user=lisi)
    one = CustomerFactory(name="一个标签", status=CustomerStatus.LOST, channel="website")
    CustomerFactory(name="没有标签", remark="常客")
    CustomerFactory(name="已删除", status=CustomerStatus.DELETED)
    for customer, tag in ((both, a), (both, b), (one, a)):
        CustomerTag.objects.create(customer=customer, tag=tag)
    assert names(boss.get(URL)) == ["没有标签", "一个标签", "两个标签"]
    assert names(boss.get(f"{URL}?tag={a.pk}")) == ["一个标签", "两个标签"]
    assert names(boss.get(f"{URL}?tag={a.pk}&tag={b.pk}")) == ["两个标签"]
    assert names(boss.get(f"{URL}?status=2")) == ["一个标签"]
    assert names(boss.get(f"{URL}?status=0")) == ["已删除"]
    assert names(boss.get(f"{URL}?channel=网站")) == ["一个标签"]
    assert names(boss.get(f"{URL}?follow_user_id=lisi")) == ["两个标签"]
    assert names(boss.get(f"{URL}?followUserId=none")) == ["没有标签", "一个标签"]
    assert names(boss.get(f"{URL}?keyword=常客&ordering=name")) == ["没有标签"]
    page = boss.get(f"{URL}?size=2&page=2").json()
    assert (len(page["list"]), page["total"]) == (1, 3)


def test_a_segment_filters_within_ones_view(boss, mine, lisi, wangwu):
    CustomerFactory(name="我的网站客户", channel="website", follow_user=lisi)
    CustomerFactory(name="别人的网站客户", channel="website", follow_user=wangwu)
    CustomerFactory(name="别的渠道", follow_user=lisi)
    website = {"field": "channel", "op": "eq", "value": "website"}
    shared = Segment.objects.create(name="网站", conditions=website, owner=wangwu)
    private = Segment.objects.create(name="私有", conditions=website, owner=wangwu, is_shared=False)
    assert names(mine.get(f"{URL}?segment={shared.pk}")) == ["我的网站客户"]
    assert len(names(boss.get(f"{URL}?segment={private.pk}"))) == 2
    for unknown in (private.pk, 987):
        assert refused(mine.get(f"{URL}?segment={unknown}")) == {"segment": "not_found"}


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("status=9", "status"),
        ("channel=x", "channel"),
        ("tag=x", "tag"),
        ("segment=x", "segment"),
        ("tag=99999999999999999999", "tag"),
        ("size=201", "size"),
        ("ordering=phone", "ordering"),
        ("keyword=" + "x" * 101, "keyword"),
    ],
)
def test_a_wrong_filter_is_named(boss, query, attr):
    assert list(refused(boss.get(f"{URL}?{query}"))) == [attr]


@pytest.mark.parametrize("query", ["follow_user_id=" + "9" * 40, "tag=7", "keyword=🙃🙃", "page=9"])
def test_what_nobody_fits_is_an_empty_list(boss, query):
    assert boss.get(f"{URL}?{query}").json()["list"] == []


def test_the_list_takes_as_many_queries_for_thirty_as_for_three(
    boss, django_assert_max_num_queries
):
    tags = TagFactory.create_batch(3, group=TagGroupFactory())
    for customer in CustomerFactory.create_batch(30):
        CustomerTag.objects.bulk_create(CustomerTag(customer=customer, tag=tag) for tag in tags)
    with django_assert_max_num_queries(3):
        assert len(boss.get(f"{URL}?size=30").json()["list"]) == 30


# --- One customer ---------------------------------------------------------------------------------


def test_a_patch_changes_what_it_names_and_refuses_what_it_may_not(mine, lisi):
    pk = CustomerFactory(follow_user=lisi, city="北京").pk
    changed = mine.patch(f"{URL}/{pk}", {"city": "上海", "remark": "老客户"})
    assert (changed.json()["city"], changed.json()["remark"]) == ("上海", "老客户")
    assert refused(mine.patch(f"{URL}/{pk}", {"status": 2})) == {"status": "invalid"}
    assert refused(mine.patch(f"{URL}/{pk}", {"name": " "})) == {"name": "blank"}


def test_a_put_takes_back_what_a_get_answered_unless_somebody_was_faster(mine, lisi):
    pk = CustomerFactory(follow_user=lisi).pk
    read = mine.get(f"{URL}/{pk}").json()
    assert mine.put(f"{URL}/{pk}", {**read, "city": "上海"}).json()["city"] == "上海"
    assert refused(mine.put(f"{URL}/{pk}", {**read, "city": "广州"}), status=409)
    assert refused(mine.put(f"{URL}/{pk}", {"city": "广州"})) == {"name": "required"}


def test_a_deleted_customer_is_gone_until_an_administrator_restores_them(mine, boss, lisi):
    pk = CustomerFactory(follow_user=lisi).pk
    assert mine.delete(f"{URL}/{pk}").status_code == 204
    assert {client.get(f"{URL}/{pk}").status_code for client in (mine, boss)} == {404}
    assert mine.delete(f"{URL}/{pk}").status_code == 404
    assert mine.post(f"{URL}/{pk}/restore").status_code == 403
    assert boss.post(f"{URL}/{pk}/restore").json()["status"] == 1
    assert mine.get(f"{URL}/{pk}").status_code == 200


def test_who_only_works_a_ticket_neither_deletes_nor_gives_away(api, lisi, wangwu):
    customer = CustomerFactory(follow_user=wangwu)
    TicketFactory(customer=customer, assignee=lisi)
    assert api(lisi).get(f"{URL}/{customer.pk}").status_code == 200
    assert api(lisi).delete(f"{URL}/{customer.pk}").status_code == 403
    taken = api(lisi).post(f"{URL}/{customer.pk}/assign", {"user": "lisi"})
    assert taken.status_code == 403


def test_tags_are_added_and_removed_and_an_unknown_one_is_named(mine, lisi):
    pk, tag = CustomerFactory(follow_user=lisi).pk, TagFactory()
    assert refused(mine.post(f"{URL}/{pk}/tags", {"tag_ids": [tag.pk, 987]})) == {
        "tag_ids": "not_found"
    }
    assert not CustomerTag.objects.exists()
    mine.post(f"{URL}/{pk}/tags", {"tag_ids": [tag.pk]})
    for _ in range(2):
        assert mine.delete(f"{URL}/{pk}/tags/{tag.pk}").status_code == 204
    assert mine.get(f"{URL}/{pk}").json()["tags"] == []
    assert mine.delete(f"{URL}/{pk}/tags/987").status_code == 404
    wrong = [{}, {"tagIds": []}, {"tag_ids": "1"}, {"tag_ids": [10**40]}, {"tag_ids": [1] * 101}]
    for body in wrong:
        assert all(
            attr.startswith("tag_ids") for attr in refused(mine.post(f"{URL}/{pk}/tags", body))
        )


def test_a_customer_is_given_blocked_and_unblocked(mine, boss, lisi, wangwu, api):
    pk = CustomerFactory(follow_user=lisi).pk
    blocked = mine.post(f"{URL}/{pk}/block", {"reason": "骚扰"}).json()
    assert (blocked["block_reason"], blocked["blocked_at"] is not None) == ("骚扰", True)
    assert mine.post(f"{URL}/{pk}/unblock").json()["blocked_at"] is None
    given = mine.post(f"{URL}/{pk}/assign", {"user": "wangwu", "note": "休假"})
    assert given.json()["follow_user_id"] == wangwu.pk
    assert mine.get(f"{URL}/{pk}").status_code == 404
    assert api(wangwu).get(f"{URL}/{pk}").status_code == 200
    assert boss.post(f"{URL}/{pk}/assign", {"user": None}).json()["follow_user"] is None
    assert refused(boss.post(f"{URL}/{pk}/assign", {})) == {"user": "required"}


def test_customers_see_themselves_and_nothing_of_what_the_team_notes(api, lisi):
    own = CustomerFactory(follow_user=lisi, remark="难缠", risk_score=80)
    CustomerFactory()
    client = api(UserFactory(role=Role.CUSTOMER, customer=own))
    listed = client.get(f"{URL}?keyword=不是我的名字").json()["list"]
    assert [row["id"] for row in listed] == [own.pk]
    for seen in (listed[0], client.get(f"{URL}/{own.pk}").json()):
        assert seen["follow_user"] == "李四"
        assert not {"remark", "risk_score", "tags", "block_reason", "status"} & set(seen)
    for method, path in [("patch", ""), ("delete", ""), ("post", "/tags"), ("post", "/block")]:
        assert getattr(client, method)(f"{URL}/{own.pk}{path}", {}).status_code == 403


def test_a_foreign_customer_is_not_there(api, wangwu, lisi):
    pk = CustomerFactory(follow_user=lisi).pk
    stranger = api(wangwu)
    calls = [
        ("get", "", None),
        ("patch", "", {"city": "上海"}),
        ("put", "", {"name": "甲"}),
        ("delete", "", None),
        ("post", "/tags", {"tag_ids": [TagFactory().pk]}),
        ("post", "/assign", {"user": "wangwu"}),
        ("post", "/block", {}),
        ("post", "/unblock", {}),
        ("get", "/identifiers", None),
        ("put", "/identifiers", {"identifiers": {}}),
        ("get", "/follow-ups", None),
        ("post", "/follow-ups", {"content": "x"}),
    ]
    for method, path, body in calls:
        assert getattr(stranger, method)(f"{URL}/{pk}{path}", body).status_code == 404, (
            method,
            path,
        )


# --- Addresses and follow-ups ---------------------------------------------------------------------


def test_a_message_to_a_customer_finds_the_address_set_here(mine, lisi):
    from customers.queries.addresses import address_of

    customer = CustomerFactory(follow_user=lisi)
    path = f"{URL}/{customer.pk}/identifiers"
    given = {"identifiers": {ChannelType.SMS: "139 0000 0001", ChannelType.EMAIL: "a@example.com"}}
    assert mine.put(path, given).status_code == 200
    assert address_of(customer, ChannelType.SMS) == "+8613900000001"
    assert mine.put(path, {"identifiers": {"EMAIL": "b@example.com", "SMS": ""}}).json() == {
        "identifiers": {"EMAIL": "b@example.com"}
    }
    assert mine.get(path).json() == {"identifiers": {"EMAIL": "b@example.com"}}
    assert refused(mine.put(path, {"identifiers": {"PIGEON": "x"}})) == {
        "identifiers.PIGEON": "unknown_channel"
    }
    assert list(refused(mine.put(path, {"identifiers": {"EMAIL": "x"}}))) == ["identifiers.EMAIL"]
    assert refused(mine.put(path, {"identifiers": {f"C{n}": "x" for n in range(30)}}))


def test_follow_ups_are_noted_listed_and_done(mine, lisi, django_assert_max_num_queries):
    pk = CustomerFactory(follow_user=lisi).pk
    tomorrow = (timezone.localtime() + timedelta(days=1)).isoformat()
    noted = mine.post(f"{URL}/{pk}/follow-ups", {"content": "已报价", "nextAt": tomorrow})
    assert noted.status_code == 201, noted.content
    assert (noted.json()["owner"], noted.json()["next_at"]) == ("李四", tomorrow)
    for n in range(5):
        mine.post(f"{URL}/{pk}/follow-ups", {"content": f"第{n}次", "kind": "call"})
    with django_assert_max_num_queries(4):
        page = mine.get(f"{URL}/{pk}/follow-ups?size=10").json()
    assert (page["total"], page["list"][-1]["content"]) == (6, "已报价")
    done = mine.post(f"/api/v1/follow-ups/{noted.json()['id']}/done").json()
    assert done["done_at"]
    for body, attr in [
        ({"content": ""}, "content"),
        ({"content": "x", "next_at": "2020-01-01T00:00:00Z"}, "next_at"),
        ({"content": "x", "kind": "smoke"}, "kind"),
        ({"content": "x", "owner": "nobody"}, "owner"),
    ]:
        assert list(refused(mine.post(f"{URL}/{pk}/follow-ups", body))) == [attr]


def test_a_foreign_follow_up_is_not_there(mine, api, wangwu, lisi):
    pk = CustomerFactory(follow_user=lisi).pk
    noted = mine.post(f"{URL}/{pk}/follow-ups", {"content": "已报价"}).json()
    assert api(wangwu).post(f"/api/v1/follow-ups/{noted['id']}/done").status_code == 404
