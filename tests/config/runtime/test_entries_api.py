"""`/api/config/configs…`: entries, versions, who and why (contract.md §8)."""

import pytest
from rest_framework.test import APIClient

from config.api.keys import ApiKey
from config.runtime import schema, store
from config.runtime.models import RuntimeSetting, RuntimeSettingRevision

pytestmark = pytest.mark.django_db
KEY = "message_sender"


def errors_of(answer):
    return {(error["code"], error["attr"]) for error in answer.json()["errors"]}


def test_every_registered_key_is_an_entry_with_its_default(boss):
    listed = boss.get("/api/config/configs?size=200").json()
    assert [row["key"] for row in listed["list"]] == [spec.key for spec in schema.all_specs()]
    assert listed["total"] == len(schema.all_specs())
    (entry,) = [row for row in listed["list"] if row["key"] == "retry"]
    assert entry["value"] == entry["default"] == {"max_attempts": 3, "delay_seconds": 300}
    assert (entry["version"], entry["is_default"]) == (0, True)
    assert (entry["updated_by"], entry["updated_at"]) == (None, None)
    assert entry["description"] == schema.spec("retry").description


def test_the_list_costs_no_query_a_row(boss, django_assert_max_num_queries):
    boss.get("/api/config/configs?size=200")
    with django_assert_max_num_queries(4):
        assert len(boss.get("/api/config/configs?size=200").json()["list"]) > 40


def test_the_list_is_narrowed_by_prefix_and_by_default(boss, put):
    put("chat.max_concurrent", value=7)
    rows = boss.get("/api/config/configs?prefix=chat.&size=200").json()["list"]
    assert rows
    assert all(row["key"].startswith("chat.") for row in rows)
    rows = boss.get("/api/config/configs?is_default=false").json()["list"]
    assert [row["key"] for row in rows] == ["chat.max_concurrent"]


def test_a_change_says_who_why_and_which_version(boss, put, number_of):
    answer = put(KEY, value={"max_pool_size": 50}, reason="大促", version=0)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["value"]["max_pool_size"] == 50
    assert body["value"]["core_pool_size"] == 20
    assert (body["version"], body["updated_by"], body["is_default"]) == (1, "admin", False)
    assert store.get(KEY)["max_pool_size"] == 50
    (row,) = boss.get(f"/api/config/configs/{number_of(KEY)}/history").json()["list"]
    assert (row["version"], row["reason"], row["changed_by"]) == (1, "大促", "admin")


def test_an_api_key_is_remembered_by_its_name(number_of):
    _, key = ApiKey.objects.create_key(name="发布机", scopes=["config:write"])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    answer = client.put(f"/api/config/configs/{number_of('retry')}", {"value": {}})
    assert answer.json()["updated_by"] == "API 密钥 发布机"


def test_a_value_that_breaks_the_schema_is_400_names_each_field_and_changes_nothing(put):
    answer = put(KEY, value={"core_pool_size": 0, "max_pool_size": "100", "speed": 1})
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    assert {attr for _, attr in errors_of(answer)} == {
        "value.core_pool_size",
        "value.max_pool_size",
        "value.speed",
    }
    assert "不能小于 1" in answer.content.decode()
    assert store.get(KEY)["max_pool_size"] == 100
    assert not RuntimeSettingRevision.objects.exists()


def test_a_pool_whose_most_is_below_its_core_is_refused(put):
    answer = put(KEY, value={"core_pool_size": 30, "max_pool_size": 10})
    assert (answer.status_code, errors_of(answer)) == (400, {("invalid", "value.max_pool_size")})


def test_an_unknown_key_is_400(boss):
    answer = boss.post("/api/config/configs", {"key": "no.such", "value": 1})
    assert (answer.status_code, errors_of(answer)) == (400, {("unknown_key", "key")})


def test_post_sets_a_key_once(boss):
    body = {"key": "chat.max_concurrent", "value": 8, "reason": "人手不足"}
    first = boss.post("/api/config/configs", body, headers={"Idempotency-Key": "a"})
    assert (first.status_code, first.json()["version"]) == (201, 1)
    again = boss.post("/api/config/configs", body, headers={"Idempotency-Key": "a"})
    assert again.headers["Idempotent-Replayed"] == "true"
    other = boss.post("/api/config/configs", body)
    assert (other.status_code, other.json()["version"]) == (409, 1)
    assert errors_of(other) == {("already_set", "key")}


def test_a_stale_version_is_409_and_says_the_present_one(put):
    put("retry", value={"max_attempts": 4}, version=0)
    answer = put("retry", value={"max_attempts": 9}, version=0)
    assert (answer.status_code, errors_of(answer)) == (409, {("stale_version", "version")})
    assert answer.json()["version"] == 1
    assert store.get("retry")["max_attempts"] == 4


def test_delete_goes_back_to_the_default_and_keeps_the_history(boss, put, number_of):
    put("retry", value={"max_attempts": 4})
    at = f"/api/config/configs/{number_of('retry')}"
    body = boss.delete(f"{at}?reason=恢复").json()
    assert (body["version"], body["is_default"], body["value"]) == (2, True, body["default"])
    assert store.get("retry")["max_attempts"] == 3
    assert boss.delete(at).json()["version"] == 2, "nothing to do is no version"
    rows = boss.get(f"{at}/history").json()["list"]
    assert [(row["version"], row["is_default"]) for row in rows] == [(2, True), (1, False)]
    assert rows[0]["reason"] == "恢复"
    assert put("retry", value={"max_attempts": 5}).json()["version"] == 3


def test_a_rollback_is_a_new_version_with_the_old_value(boss, put, number_of):
    for attempts in (4, 5):
        put("retry", value={"max_attempts": attempts})
    at = f"/api/config/configs/{number_of('retry')}"
    body = boss.post(f"{at}/rollback", {"version": 1}).json()
    assert (body["version"], body["value"]["max_attempts"]) == (3, 4)
    newest = boss.get(f"{at}/history").json()["list"][0]
    assert newest["reason"] == "回滚到版本 1"
    unknown = boss.post(f"{at}/rollback", {"version": 99})
    assert (unknown.status_code, errors_of(unknown)) == (400, {("unknown_version", "version")})


def test_a_rollback_to_a_version_that_was_the_default_is_the_default_again(boss, put, number_of):
    at = f"/api/config/configs/{number_of('retry')}"
    put("retry", value={"max_attempts": 4})
    boss.delete(at)
    put("retry", value={"max_attempts": 5})
    assert boss.post(f"{at}/rollback", {"version": 2}).json()["is_default"] is True


def test_a_rollback_to_what_todays_schema_refuses_is_400(boss, number_of):
    row = store.change(key="retry", value={"max_attempts": 4}, actor=None)
    RuntimeSettingRevision.objects.filter(setting=row).update(value={"tries": 4})
    answer = boss.post(f"/api/config/configs/{row.pk}/rollback", {"version": 1})
    assert (answer.status_code, errors_of(answer)) == (400, {("invalid", "value.tries")})
    assert RuntimeSetting.objects.get(pk=row.pk).version == 1


def test_the_difference_of_two_versions_and_of_the_value_against_its_default(boss, put, number_of):
    night = {"start": "22:00", "end": "08:00"}
    put("quiet_hours", value={"SMS": night})
    put("quiet_hours", value={"SMS": {**night, "start": "23:00"}, "EMAIL": night})
    at = f"/api/config/configs/{number_of('quiet_hours')}/diff"
    changes = boss.get(f"{at}?from=1&to=2").json()["changes"]
    assert [(one["path"], one["change"], one["old"]) for one in changes] == [
        ("SMS.start", "changed", "22:00"),
        ("EMAIL", "added", None),
    ]
    back = boss.get(f"{at}?from=2&to=1").json()["changes"]
    assert {one["change"] for one in back} == {"changed", "removed"}
    against = boss.get(at).json()["changes"]
    assert {one["path"] for one in against} == {"SMS", "EMAIL"}
    assert errors_of(boss.get(f"{at}?from=9")) == {("unknown_version", "from")}


def test_a_description_of_the_operators_own(put):
    assert put("retry", value={}, description="夜间批量用").json()["description"] == "夜间批量用"
    assert put("retry", value={}).json()["description"] == "夜间批量用"
    own = put("retry", value={}, description="").json()["description"]
    assert own == schema.spec("retry").description


def test_null_is_a_value_where_the_schema_says_so(put):
    assert put("chat.opening_hours", value=None).json()["is_default"] is False
    assert put("retry", value=None).status_code == 400
