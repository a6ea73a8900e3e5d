"""A running system takes a changed setting over without a restart (contract.md §8)."""

import pytest
from django.conf import settings

pytestmark = pytest.mark.live

# Two seconds on a machine that has time (docs/configuration.md); a busy one may take longer.
WITHIN_SECONDS = 10
# A wave under way keeps its size: the next one takes the new.
WAVE_SECONDS = 60
SENT = 6_000
PEOPLE = [f"colleague{number:05d}" for number in range(SENT)]
KINDS = {"embedded"} if settings.EMBEDDED else {"web", "live", "worker", "relay", "beat"}


@pytest.fixture
def admin(live_system):
    return live_system.as_user("admin")


@pytest.fixture
def sender(live_system, admin):
    """The entry of `message_sender`."""
    listed = admin.get(live_system.url("/api/config/configs"), params={"prefix": "message_sender"})
    (entry,) = listed.json()["list"]
    return entry


def realtime(live_system, admin):
    return admin.get(live_system.url("/api/messages/statistics/realtime")).json()


def processes(live_system, admin):
    return admin.get(live_system.url("/api/config/processes")).json()["list"]


def put(live_system, admin, entry, **body):
    return admin.put(live_system.url(f"/api/config/configs/{entry['id']}"), json=body)


def test_a_larger_pool_while_a_batch_runs_is_in_the_gauge_at_once(live_system, admin, sender):
    batch = admin.post(
        live_system.url("/api/messages/send-batch"),
        json={
            "template_code": "staff_notice",
            "recipients": PEOPLE,
            "variables": {"name": "同事", "content": "今晚八点系统维护"},
        },
    ).json()
    at = live_system.url(f"/api/messages/batches/{batch['batch_id']}")
    live_system.until(lambda: admin.get(at).json()["sent"] > 0, 60)
    before = realtime(live_system, admin)
    assert before["pool"]["max"] == 100
    most = 37

    changed = put(
        live_system, admin, sender, value={**sender["value"], "max_pool_size": most}, reason="验收"
    )
    assert changed.status_code == 200, changed.text
    live_system.until(
        lambda: realtime(live_system, admin)["pool"]["max"] == most, WITHIN_SECONDS, pause=0.02
    )
    running = admin.get(at).json()
    assert running["sent"] < SENT, "the batch was still running"
    in_gauge = live_system.until(
        lambda: (
            (now := realtime(live_system, admin))
            and any(worker["max"] == most for worker in now["workers"])
            and now
        ),
        WAVE_SECONDS,
        pause=0.05,
    )
    assert all(worker["size"] <= most for worker in in_gauge["workers"] if worker["max"] == most)

    def everybody_has_it():
        lines = processes(live_system, admin)
        versions = [line["versions"].get("message_sender") for line in lines]
        return versions and set(versions) == {changed.json()["version"]} and lines

    lines = live_system.until(everybody_has_it, WITHIN_SECONDS, pause=0.02)
    assert {line["kind"] for line in lines} == KINDS
    assert all(line["behind"] == [] for line in lines)
    workers = [line for line in lines if line["kind"] in ("worker", "embedded")]
    assert workers
    if not settings.EMBEDDED:
        assert all("msg.normal" in line["queues"] for line in workers)
    admin.post(f"{at}/cancel")


def test_a_value_that_breaks_the_schema_is_400_and_nothing_changes(live_system, admin, sender):
    at = live_system.url(f"/api/config/configs/{sender['id']}")
    before = admin.get(at).json()
    refused = put(live_system, admin, sender, value={**sender["value"], "max_pool_size": 0})
    assert refused.status_code == 400
    assert [error["attr"] for error in refused.json()["errors"]] == ["value.max_pool_size"]
    assert admin.get(at).json() == before
