"""All keys at once: export, import, and `/api/admin/config` (contract.md §8)."""

import pytest

from config.runtime import schema, store
from config.runtime.models import RuntimeSettingRevision

pytestmark = pytest.mark.django_db
IMPORT, MAPPING = "/api/config/import", "/api/admin/config"


def attrs(answer):
    return {error["attr"] for error in answer.json()["errors"]}


def test_what_is_exported_can_be_imported(boss, put):
    put("retry", value={"max_attempts": 5})
    put("chat.max_concurrent", value=9)
    exported = boss.get("/api/config/export").json()
    assert set(exported["values"]) == {spec.key for spec in schema.all_specs()}
    store.reset(key="chat.max_concurrent", actor=None)
    answer = boss.post(IMPORT, {"values": exported["values"], "reason": "迁移"})
    assert answer.status_code == 200, answer.content
    (changed,) = answer.json()["changed"]
    assert (changed["key"], changed["version"]) == ("chat.max_concurrent", 3)
    assert store.get("chat.max_concurrent") == 9
    assert RuntimeSettingRevision.objects.latest("pk").reason == "迁移"


def test_a_dry_run_says_what_would_change_and_changes_nothing(boss):
    body = {"values": {"retry": {"max_attempts": 5}, "chat.max_concurrent": 5}, "dry_run": True}
    answer = boss.post(IMPORT, body).json()
    assert answer == {
        "dry_run": True,
        "changed": [
            {
                "key": "retry",
                "version": 0,
                "changes": [{"path": "max_attempts", "change": "changed", "old": 3, "new": 5}],
            }
        ],
    }
    assert not RuntimeSettingRevision.objects.exists()


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_import_is_all_or_nothing_and_names_every_wrong_path(boss, dry_run):
    values = {
        "chat.max_concurrent": 6,
        "retry": {"max_attempts": 0, "delay_seconds": "x"},
        "rate_limit.api_send_message": {"qps": -1},
        "no.such": 1,
    }
    answer = boss.post(IMPORT, {"values": values, "dry_run": dry_run})
    assert answer.status_code == 400
    assert attrs(answer) == {
        "retry.max_attempts",
        "retry.delay_seconds",
        "rate_limit.api_send_message.qps",
        "no.such",
    }
    assert store.get("chat.max_concurrent") == 5
    assert not RuntimeSettingRevision.objects.exists()


def test_an_import_that_fails_half_way_leaves_nothing(boss, monkeypatch):
    made = []

    def write(**change):
        if made:
            raise RuntimeError("the machine stops")
        made.append(change["key"])
        return real(**change)

    real = store.write
    monkeypatch.setattr(store, "write", write)
    boss.raise_request_exception = False
    answer = boss.post(IMPORT, {"values": {"retry": {"max_attempts": 5}, "chat.max_concurrent": 6}})
    assert answer.status_code == 500
    assert made
    assert not RuntimeSettingRevision.objects.exists()


def test_the_mapping_is_the_same_store(boss, put):
    put("retry", value={"max_attempts": 5})
    mapping = boss.get(MAPPING).json()
    assert mapping["retry"] == {"max_attempts": 5, "delay_seconds": 300}
    assert set(mapping) == {spec.key for spec in schema.all_specs()}


def test_a_part_of_the_mapping_is_taken_all_or_nothing(boss):
    after = boss.post(MAPPING, {"chat.max_concurrent": 6, "retry": {"max_attempts": 7}}).json()
    assert (after["chat.max_concurrent"], after["retry"]["max_attempts"]) == (6, 7)
    refused = boss.post(MAPPING, {"chat.max_concurrent": 8, "retry": {"max_attempts": 0}})
    assert (refused.status_code, attrs(refused)) == (400, {"retry.max_attempts"})
    assert store.get("chat.max_concurrent") == 6


@pytest.mark.parametrize("body", [[], "x", 7, [{"retry": {}}]])
def test_what_is_no_mapping_is_400(boss, body):
    assert boss.post(MAPPING, body).status_code == 400
