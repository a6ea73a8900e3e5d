"""Each agent's figures, who sees whose, and how busy they were."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import UserFactory
from tests.tickets.chat.statistics.conftest import at, make_chat
from tickets.chat.statistics.load import loads_look
from tickets.models import AgentPresence, AgentProfile, ChatAgent, ChatAgentHour

pytestmark = pytest.mark.django_db
AGENTS = "/api/customer-service/statistics/agents"


def rows(client, **asked):
    return {row["agent"]["username"]: row for row in client.get(AGENTS, asked).json()["list"]}


def test_an_agents_day(api, admin, morning):
    found = rows(api(admin))
    lisi, wangwu = found["lisi"]["figures"], found["wangwu"]["figures"]
    assert (lisi["assigned"], wangwu["assigned"]) == (3, 3)
    assert (lisi["missed"], wangwu["missed"]) == (1, 0)
    assert (lisi["messages_out"], wangwu["messages_out"]) == (4, 4)
    assert lisi["satisfaction"]["average"] == 3.5
    assert wangwu["satisfaction"]["average"] == 4
    assert lisi["first_reply"]["average"] == pytest.approx((10 + 30 + 1) / 3)
    assert wangwu["handling"]["average"] == pytest.approx((900 + 60 + 30) / 3)


def test_one_sees_oneself_and_whom_one_leads(api, admin, morning, lisi, wangwu):
    assert set(rows(api(lisi))) == {"lisi"}
    AgentProfile.objects.create(user=wangwu, supervisor=lisi)
    assert set(rows(api(lisi))) == {"lisi", "wangwu"}
    assert set(rows(api(wangwu))) == {"wangwu"}
    stranger = UserFactory(username="new")
    assert rows(api(stranger)) == {}
    assert set(rows(api(admin))) == {"lisi", "wangwu"}


def test_load_now_and_limit(api, admin, noon, lisi):
    ChatAgent.objects.create(user=lisi, load=2, slots=5, max_chats=7)
    AgentPresence.objects.create(user=lisi, status="busy", seen_at=at(12, 30))
    found = rows(api(admin))["lisi"]
    assert (found["status"], found["load"], found["limit"]) == ("busy", 2, 7)


def test_the_load_is_looked_at_each_minute(api, admin, noon, lisi, wangwu):
    agent = ChatAgent.objects.create(user=lisi, load=1, slots=5)
    ChatAgent.objects.create(user=wangwu, slots=5)
    AgentPresence.objects.create(user=lisi, status="online", holds_until=at(13))
    for minute, load in enumerate((1, 4, 1)):
        ChatAgent.objects.filter(pk=agent.pk).update(load=load)
        noon.move_to(at(12, 30 + minute))
        assert loads_look() == 1
        assert loads_look() == 0, "two workers in one minute look once"
    told = rows(api(admin))
    assert told["lisi"]["over_time"] == {"average": 2.0, "peak": 4, "hours": pytest.approx(3 / 60)}
    assert told["wangwu"]["over_time"] == {"average": None, "peak": 0, "hours": 0}
    assert ChatAgentHour.objects.get().hour == at(12)


def test_looking_asks_no_more_for_more_agents(noon, settings_read_once):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            loads_look()
        noon.shift(dt.timedelta(minutes=1))
        return len(asked)

    def furnish(count: int) -> None:
        for _ in range(count):
            ChatAgent.objects.create(user=UserFactory(), load=1, slots=5)

    furnish(1)
    queries()
    few = queries()
    furnish(8)
    queries()
    assert queries() <= few


def test_the_number_of_queries_does_not_grow(api, admin, morning, settings_read_once):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert api(admin).get(AGENTS).status_code == 200
        return len(asked)

    few = queries()
    for minute in range(10):
        make_chat(at(11, minute), agent=UserFactory(), wait=5, reply=5, handling=5, score=3)
    assert queries() == few <= 14


def test_agents_to_take_away(api, admin, morning):
    answer = api(admin).get(AGENTS, {"as": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("客服,账号,在岗小时")
    assert [line.split(",")[:2] for line in lines[1:]] == [["李四", "lisi"], ["王五", "wangwu"]]


def test_a_bad_span_is_refused(api, admin):
    assert api(admin).get(AGENTS, {"from": "x"}).status_code == 400
    assert api(admin).get(AGENTS, {"as": "pdf"}).status_code == 400
