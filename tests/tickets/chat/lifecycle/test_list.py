"""The list of chats: what each side finds, and how many queries that takes."""

from typing import Any

import pytest

from tests.factories import CustomerFactory
from tests.tickets.chat.lifecycle.scene import OWN, TEAM, begin, online, says
from tickets.models import Chat, ChatStatus

pytestmark = pytest.mark.django_db


def test_chats_are_found_by_state_agent_entry_and_customer(
    api: Any, admin: Any, chat: Chat, lisi: Any, wangwu: Any
):
    wang = begin(CustomerFactory(name="赵六", phone="+8613912345678"), online(wangwu))
    waiting = begin(CustomerFactory(name="孙七"), entry="kf")

    def found(**asked: Any) -> list[int]:
        answer = api(admin).get(TEAM, asked)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["list"]]

    assert found() == [waiting.pk, wang.pk, chat.pk]
    assert found(status="queued") == [waiting.pk]
    assert found(status=["active", "queued"], ordering="created_at")[0] == chat.pk
    assert found(agent="lisi") == [chat.pk]
    assert found(entry="kf") == [waiting.pk]
    assert found(customer=wang.customer_id) == [wang.pk]
    assert found(keyword="赵六") == found(keyword="139 1234 5678") == [wang.pk]
    assert found(mine="true") == []
    assert [row["id"] for row in api(lisi).get(TEAM, {"mine": "true"}).json()["list"]] == [chat.pk]


def test_the_states_asked_for_do_not_make_the_database_compare_whole_rows(
    api: Any, admin: Any, chat: Chat, django_assert_max_num_queries: Any
):
    with django_assert_max_num_queries(9) as asked:
        api(admin).get(TEAM, {"status": ["active", "ended"]})
        api(admin).get("/api/tickets", {"status": ["pending", "closed"]})
    assert not [query for query in asked if "DISTINCT" in query["sql"]]


@pytest.mark.parametrize(
    "asked",
    [{"status": "x"}, {"ordering": "agent"}, {"customer": "0"}, {"customer": "1e400"}, {"page": 0}],
)
def test_what_cannot_be_asked_for_is_named(api: Any, admin: Any, asked: dict[str, Any]):
    answer = api(admin).get(TEAM, asked)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == next(iter(asked))


def test_a_row_shows_the_last_word_and_what_is_unread(
    api: Any, chat: Chat, lisi: Any, zhangsan: Any
):
    says(chat, None, "打印机" * 50)
    row = api(lisi).get(TEAM).json()["list"][0]
    assert row["unread"] == 1
    assert row["last_message"]["sender"] == "customer"
    assert len(row["last_message"]["text"]) == 80
    assert api(zhangsan).get(OWN).json()["list"][0]["unread"] == 0


def test_who_waits_sees_their_place(api: Any, zhangsan: Any):
    begin(CustomerFactory())
    waiting = begin(zhangsan.customer)
    place = api(zhangsan).get(f"{OWN}/{waiting.pk}").json()["place"]
    assert (place["position"], place["waiting"]) == (2, 2)


def test_the_list_takes_no_query_a_row(
    api: Any,
    admin: Any,
    lisi: Any,
    django_assert_max_num_queries: Any,
    settings_read_once: None,
):
    online(lisi)
    for number in range(12):
        one = begin(CustomerFactory(), lisi if number < 4 else None)
        says(one, None, "您好")
    with django_assert_max_num_queries(4):
        assert len(api(admin).get(TEAM).json()["list"]) == 12
    with django_assert_max_num_queries(4):
        assert len(api(lisi).get(TEAM, {"status": "active"}).json()["list"]) == 4
    assert Chat.objects.filter(status=ChatStatus.QUEUED).count() == 8
