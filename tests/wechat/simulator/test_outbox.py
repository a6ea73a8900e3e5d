"""What the platform received, as the contract shows it (contract.md §10)."""

import pytest
from django.urls import get_resolver

from wechat.simulator import urls as simulator_urls


def fill(tencent, count):
    for number in range(count):
        tencent.send(f"user{number}", text={"content": str(number)})


def words(rows):
    return [row["payload"]["text"]["content"] for row in rows]


def test_the_newest_stands_last(tencent):
    fill(tencent, 3)
    rows = tencent.outbox()
    assert words(rows) == ["0", "1", "2"]
    assert set(rows[0]) == {"id", "channel", "to", "payload", "received_at"}
    assert rows[0]["received_at"].endswith("+08:00")


def test_since_leaves_out_what_was_seen(tencent):
    fill(tencent, 5)
    rows = tencent.outbox()
    assert words(tencent.outbox(since=rows[1]["id"])) == ["2", "3", "4"]
    assert words(tencent.outbox(since=rows[1]["id"], limit=2)) == ["2", "3"], "pages do not skip"
    assert tencent.outbox(since=rows[-1]["id"]) == []


def test_a_limit_without_since_gives_the_newest(tencent):
    fill(tencent, 5)
    assert words(tencent.outbox(limit=2)) == ["3", "4"]


def test_the_outbox_is_filtered_by_channel_and_emptied(tencent):
    fill(tencent, 2)
    tencent.robot(msgtype="text", text={"content": "robot"})
    assert words(tencent.outbox(channel="GROUP_BOT")) == ["robot"]
    assert len(tencent.outbox(channel="WORK_WECHAT")) == 2
    assert tencent.client.delete("/sandbox/api/outbox").status_code == 204
    assert tencent.outbox() == []


@pytest.mark.parametrize(
    "query",
    [{"since": "x"}, {"since": "-1"}, {"limit": "20001"}, {"since": "9" * 30}, {"limit": "١"}],
)
def test_a_wrong_query_is_refused_by_name(tencent, query):
    response = tencent.client.get("/sandbox/api/outbox", query)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == next(iter(query))


def test_another_verb_is_refused(tencent):
    response = tencent.client.put("/sandbox/api/outbox")
    assert response.status_code == 405
    assert response.json()["type"] == "client_error"


@pytest.mark.parametrize("pattern", simulator_urls.urlpatterns, ids=lambda p: str(p.pattern) or "/")
def test_nothing_answers_outside_the_sandbox(tencent, settings, pattern):
    assert get_resolver().resolve("/sandbox/"), "mounted for this test"
    settings.SANDBOX = False
    path = "/sandbox/" + str(pattern.pattern).replace("<str:chat_id>", "test_group_001")
    for method in (tencent.client.get, tencent.client.post, tencent.client.delete):
        assert method(path).status_code == 404


def test_the_page_stands_on_its_own(client):
    response = client.get("/sandbox/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<title>沙箱 · 企业微信模拟</title>" in page
    assert "<style" not in page
    assert " style=" not in page
    assert "onclick" not in page
    assert "http://" not in page
    assert "https://" not in page
