"""The service report's figures: chats, agents, ratings, comments, the assistant."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CustomerFactory, TicketFactory, UserFactory
from tests.monitoring.reports.conftest import at, minutes, moved
from tickets.chat.statistics.rollup import hours_keep
from tickets.models import AgentProfile, AssistantTurn, Chat, ChatAgent, TicketRating

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march")]


def chat(asked, agent=None, *, wait=1, reply=2, length=10, **fields) -> Chat:
    """Durations in minutes; without an agent the customer gave up."""
    taken = asked + minutes(wait)
    if agent is None:
        fields = {"ended_by": "abandoned", "ended_at": taken, **fields}
    else:
        ended = taken + minutes(length)
        fields = {
            "agent": agent, "assigned_at": taken, "first_assigned_at": taken, "ended_at": ended,
            "first_replied_at": taken + minutes(reply), "ended_by": "agent", **fields,
        }  # fmt: skip
    row = Chat.objects.create(
        customer=CustomerFactory(), status="ended", queued_at=asked, last_number=1, **fields
    )
    return moved(row, created_at=asked)


def turn(moment, intent, action, status="answered", **fields) -> None:
    AssistantTurn.objects.create(
        entry="web", text="你好", intent=intent, action=action, status=status, created_at=moment,
        **fields,
    )  # fmt: skip


@pytest.fixture
def week(lisi, wangwu):
    """Four chats answered, one given up, one of the week before; two tickets rated."""
    for user in (lisi, wangwu):
        ChatAgent.objects.create(user=user)
    good = chat(at(9, 0, 0), lisi, wait=1, reply=2, rating_score=5, rating_comment="很耐心")
    chat(at(10, 10), lisi, wait=3, reply=4, rating_score=4, entry="wecom_app")
    chat(at(10, 11), wangwu, wait=5, reply=6, length=20, rating_score=1, rating_comment="=慢")
    chat(at(15, 11), wangwu, wait=1, reply=2)
    chat(at(14, 23, 59))
    chat(at(8, 23, 59), lisi)
    for assignee, cycle, score, comment in (
        (lisi, 1, 5, ""),
        (lisi, 2, 3, "返工"),
        (wangwu, 1, 4, ""),
    ):
        ticket = moved(
            TicketFactory(assignee=assignee, cycle=cycle, status="assigned"), created_at=at(12)
        )
        rating = TicketRating.objects.create(
            ticket=ticket, cycle=1, score=score, comment=comment, assignee=assignee, entry="web"
        )
        moved(rating, created_at=at(13))
    turn(at(9), "presale", "reply")
    turn(at(10), "presale", "handoff", chat=good)
    turn(at(10), "fault", "create_ticket")
    turn(at(11), "fault", "", status="failed")
    turn(at(8), "fault", "reply")
    return good


def test_the_figures_are_those_of_the_rows(read, week):
    found = read("service")
    figures = found.figures
    assert figures["asked"] == 5
    assert figures["wait"] == 2.5 * 60
    assert figures["first_reply"] == 3.5 * 60
    assert figures["handling"] == 12.5 * 60
    assert figures["abandonment"] == 0.2
    assert figures["satisfaction"] == pytest.approx(10 / 3)
    assert figures["ticket_satisfaction"] == 4
    assert figures["assistant"] == pytest.approx(2 / 3)
    assert (found.before["asked"], found.before["assistant"]) == (1, 1)


def test_kept_hours_tell_the_same_as_the_rows(read, week):
    counted = read("service").data
    assert hours_keep() > 0
    assert read("service").data == counted


def test_days_begin_at_midnight_in_shanghai(read, week):
    asked = read("service").column("by_day", "day", "asked")
    assert [asked[f"2026-03-{day:02}"] for day in range(9, 16)] == [1, 2, 0, 0, 0, 1, 1]
    one_day = read("service", **{"from": "2026-03-08", "to": "2026-03-08"})
    assert one_day.figures["asked"] == 1


def test_agents_with_their_chats_and_tickets(read, week):
    rows = {row["account"]: row for row in read("service").table("by_agent")}
    lisi, wangwu = rows["lisi"], rows["wangwu"]
    assert (lisi["assigned"], lisi["wait"], lisi["satisfaction"]) == (2, 120, 4.5)
    assert (lisi["tickets"], lisi["reopened"], lisi["ticket_satisfaction"]) == (2, 0.5, 4)
    assert (wangwu["rated"], wangwu["rated_low"], wangwu["reopened"]) == (1, 1, 0)


def test_ratings_and_comments(read, week):
    found = read("service")
    assert found.column("ratings", "score", "chats") == {
        "5 分": 1, "4 分": 1, "3 分": 0, "2 分": 0, "1 分": 1,
    }  # fmt: skip
    assert found.column("ratings", "score", "tickets")["3 分"] == 1
    comments = {(row["comment"], row["score"], row["agent"]) for row in found.table("comments")}
    assert comments == {("很耐心", 5, "李四"), ("=慢", 1, "王五"), ("返工", 3, "李四")}


def test_what_the_assistant_did_itself(read, week):
    rows = {row["intent"]: row for row in read("service").table("assistant")}
    assert (rows["售前咨询"]["answered"], rows["售前咨询"]["handed_over"]) == (1, 1)
    assert rows["售前咨询"]["share"] == 0.5
    assert (rows["故障报修"]["total"], rows["故障报修"]["failed"]) == (2, 1)


def test_it_is_narrowed_by_agent_and_by_entry(read, week):
    of_agent = read("service", agent="lisi")
    assert of_agent.figures["asked"] == 2
    assert of_agent.figures["abandonment"] is None
    assert [row["account"] for row in of_agent.table("by_agent")] == ["lisi"]
    assert sum(of_agent.column("by_day", "day", "asked").values()) == 2
    assert {row["agent"] for row in of_agent.table("comments")} == {"李四"}
    assert read("service", entry="wecom_app").figures["asked"] == 1


def test_staff_see_themselves_and_whom_they_lead(read, week, lisi, wangwu):
    own = read("service", lisi)
    assert own.figures["asked"] == 2
    assert own.figures["ticket_satisfaction"] == 4
    assert [row["account"] for row in own.table("by_agent")] == ["lisi"]
    assert {row["agent"] for row in own.table("comments")} == {"李四"}
    # Of the assistant's talks, those that came to them.
    assert own.column("assistant", "intent", "total") == {"售前咨询": 1}
    assert read("service", lisi, agent="wangwu").figures["asked"] == 0
    AgentProfile.objects.create(user=wangwu, supervisor=lisi)
    assert read("service", lisi).figures["asked"] == 4
    assert read("service", lisi, agent="wangwu").figures["asked"] == 2


def test_an_empty_span_is_told_with_zeros(read, db):
    found = read("service", period="last_month")
    assert found.figures["asked"] == 0
    assert found.figures["wait"] is None
    assert found.table("comments") == []
    assert len(found.table("by_day")) == 28


def test_more_rows_ask_no_more(read, week, settings_read_once):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            read("service", period="30d")
        return len(queries)

    few = asked()
    for _ in range(30):
        user = UserFactory()
        ChatAgent.objects.create(user=user)
        chat(at(10, 10), user, rating_score=3, rating_comment="还行")
        turn(at(10), "other", "reply")
    assert asked() == few <= 40
