"""Seed 003's calls, over HTTP against the running system, the camelCase of its clients included."""

import pytest

pytestmark = pytest.mark.live

LISI_FIELDS = {
    "name": "陈晓东",
    "externalUserid": "wmSEED003",
    "corpId": 1,
    "unionid": "oSEED003",
    "type": 1,
    "gender": 1,
    "province": "广东",
    "city": "深圳",
    "channel": "wecom",
    "addTime": "2026-01-05T10:00:00+08:00",
    "phone": "139 0013 9000",
    "company": "南山物流有限公司",
}


@pytest.fixture(scope="module")
def admin(live_system):
    return live_system.as_user("admin")


@pytest.fixture(scope="module")
def lisi(live_system):
    return live_system.as_user("lisi")


@pytest.fixture(scope="module")
def made(live_system, admin):
    answer = admin.post(
        live_system.url("/api/v1/customers"), json={**LISI_FIELDS, "followUserId": "lisi"}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_customer_is_made_as_the_seed_makes_one(made):
    assert made["external_userid"] == "wmSEED003"
    assert made["corp_id"] == "1"
    assert (made["status"], made["channel"], made["gender"]) == (1, "wecom", 1)
    assert (made["province"], made["city"]) == ("广东", "深圳")
    assert made["add_time"].startswith("2026-01-05T10:00:00")
    assert made["tags"] == []


def test_the_same_external_id_in_a_corporation_is_refused_by_its_field(live_system, admin, made):
    answer = admin.post(live_system.url("/api/v1/customers"), json=LISI_FIELDS)
    assert answer.status_code == 400
    assert "external_userid" in {error["attr"] for error in answer.json()["errors"]}


def test_the_list_takes_each_of_the_seeds_filters(live_system, admin, made):
    def ids(query):
        answer = admin.get(live_system.url(f"/api/v1/customers?{query}"))
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == {"list", "total", "page", "size"}
        return {row["id"] for row in answer.json()["list"]}

    owner = made["follow_user_id"]
    for query in (
        "keyword=晓东",
        "keyword=13900139000",
        "keyword=南山物流",
        "channel=wecom&size=200",
        "status=1&size=200",
        f"follow_user_id={owner}",
        f"followUserId={owner}",
    ):
        assert made["id"] in ids(query), query
    for query in ("keyword=查无此人", "channel=website", "status=2"):
        assert made["id"] not in ids(query), query


def test_tags_are_set_once_and_the_detail_shows_them(live_system, admin, made):
    tag = admin.post(live_system.url("/api/v1/tags"), json={"name": "老客户"}).json()
    path = live_system.url(f"/api/v1/customers/{made['id']}")
    for _ in range(2):
        answer = admin.post(f"{path}/tags", json={"tagIds": [tag["id"]]})
        assert answer.status_code in (200, 201), answer.text
    assert [shown["id"] for shown in admin.get(path).json()["tags"]] == [tag["id"]]
    tagged = admin.get(live_system.url(f"/api/v1/customers?tag={tag['id']}")).json()
    assert [row["id"] for row in tagged["list"]] == [made["id"]]
    assert admin.delete(f"{path}/tags/{tag['id']}").status_code in (200, 204)
    assert admin.get(path).json()["tags"] == []


def test_the_owner_sees_them_and_a_colleague_does_not(live_system, lisi, made):
    path = live_system.url(f"/api/v1/customers/{made['id']}")
    assert lisi.get(path).status_code == 200
    assert live_system.as_user("wangwu").get(path).status_code == 404
    assert live_system.as_user("zhangsan").get(path).status_code == 404


def test_what_is_not_there_is_a_404_and_what_is_deleted_is_gone(live_system, admin):
    made = admin.post(live_system.url("/api/v1/customers"), json={"name": "将删除"}).json()
    path = live_system.url(f"/api/v1/customers/{made['id']}")
    assert admin.delete(path).status_code in (200, 204)
    assert admin.get(path).status_code == 404
    assert admin.get(live_system.url("/api/v1/customers/999999999")).status_code == 404
