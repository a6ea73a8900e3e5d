"""Saved filters over HTTP: live, in one's own view, and nobody else's to change."""

import pytest
from rest_framework.test import APIClient

from customers.models import Segment
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db

WECOM = {"all": [{"field": "channel", "op": "eq", "value": "wecom"}]}


@pytest.fixture
def two(lisi, wangwu):
    CustomerFactory(name="李的", channel="wecom", follow_user=lisi)
    CustomerFactory(name="王的", channel="wecom", follow_user=wangwu)
    CustomerFactory(name="网站的", channel="website", follow_user=lisi)


def made(client, name="企业微信客户", **more):
    body = {"name": name, "conditions": WECOM, **more}
    answer = client.post("/api/v1/segments", body, format="json")
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


def test_a_segment_finds_anew_whom_the_asker_may_see(two, api, admin, lisi):
    pk = made(api(lisi))
    for client, count in ((api(lisi), 1), (api(admin), 2)):
        assert client.get(f"/api/v1/segments/{pk}/count").json() == {"count": count}
        listed = client.get(f"/api/v1/segments/{pk}/customers").json()
        assert listed["total"] == count
        assert client.get(f"/api/v1/customers?segment={pk}").json()["total"] == count
    CustomerFactory(channel="wecom", follow_user=lisi)
    assert api(lisi).get(f"/api/v1/segments/{pk}/count").json() == {"count": 2}


def test_a_preview_counts_shows_and_says_in_words_before_anything_is_saved(two, api, lisi):
    answer = api(lisi).post("/api/v1/segments/preview", {"conditions": WECOM}, format="json")
    assert answer.status_code == 200
    assert answer.json()["count"] == 1
    assert answer.json()["description"] == "来源 是「企业微信」"
    assert [row["name"] for row in answer.json()["list"]] == ["李的"]
    assert not Segment.objects.exists()


def test_a_page_of_found_customers_takes_as_many_queries_as_one_row(
    two, api, admin, django_assert_max_num_queries
):
    pk = made(api(admin))
    CustomerFactory.create_batch(15, channel="wecom")
    with django_assert_max_num_queries(6):
        assert len(api(admin).get(f"/api/v1/segments/{pk}/customers").json()["list"]) == 17


@pytest.mark.parametrize(
    ("conditions", "attr"),
    [
        ({"all": [{"field": "channel", "op": "eq", "value": "fax"}]}, "conditions.all.0.value"),
        ({"field": "tags", "op": "has_any", "value": [12]}, "conditions.value.0"),
        ({"field": "owner", "op": "eq", "value": 987654}, "conditions.value"),
        ("all", "conditions"),
        (None, "conditions"),
    ],
)
def test_a_wrong_condition_is_refused_by_its_place(api, admin, conditions, attr):
    body = {"name": "x", "conditions": conditions}
    answer = api(admin).post("/api/v1/segments", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_only_its_maker_and_administrators_change_a_shared_segment(api, admin, lisi, wangwu):
    pk = made(api(lisi))
    url = f"/api/v1/segments/{pk}"
    assert api(wangwu).get(url).status_code == 200
    assert api(wangwu).patch(url, {"name": "我的"}, format="json").status_code == 403
    assert api(wangwu).delete(url).status_code == 403
    assert api(lisi).patch(url, {"isShared": False}, format="json").json()["is_shared"] is False
    for call in (api(wangwu).get, api(wangwu).delete):
        assert call(url).status_code == 404
    assert api(wangwu).get(f"{url}/count").status_code == 404
    assert api(wangwu).get(f"{url}/customers").status_code == 404
    assert api(wangwu).get(f"/api/v1/customers?segment={pk}").status_code == 400
    body = {"name": "改", "conditions": {"all": []}}
    assert api(admin).put(url, body, format="json").json()["name"] == "改"
    assert api(admin).delete(url).status_code == 204


def test_two_segments_of_one_maker_do_not_share_a_name(api, lisi, wangwu):
    made(api(lisi))
    body = {"name": "企业微信客户", "conditions": WECOM}
    assert api(lisi).post("/api/v1/segments", body, format="json").status_code == 409
    made(api(wangwu))


def test_customers_have_no_segments(api):
    login = UserFactory(role="customer", customer=CustomerFactory())
    assert api(login).get("/api/v1/segments").status_code == 403
    answer = api(login).post("/api/v1/segments/preview", {"conditions": WECOM}, format="json")
    assert answer.status_code == 403
    assert APIClient().get("/api/v1/segments/fields").status_code == 401


def test_a_saved_condition_that_can_be_read_no_longer_is_a_conflict(api, admin):
    conditions = {"field": "gone", "op": "eq", "value": 1}
    pk = Segment.objects.create(name="旧", conditions=conditions).pk
    answer = api(admin).get(f"/api/v1/segments/{pk}/count")
    assert answer.status_code == 409
    assert "gone" in answer.json()["errors"][0]["detail"]


def test_the_language_is_described(api, lisi):
    answer = api(lisi).get("/api/v1/segments/fields").json()
    assert (answer["max_depth"], answer["max_leaves"]) == (5, 50)
    fields = {field["name"]: field for field in answer["fields"]}
    assert {"value": "wecom", "label": "企业微信"} in fields["channel"]["choices"]
    assert fields["tags"]["source"] == "tags"
    assert fields["activity.count"]["params"][0]["required"] is True
    assert {"op": "has_any", "label": "含任意一个", "takes": "choices"} in (
        fields["tags"]["operators"]
    )
