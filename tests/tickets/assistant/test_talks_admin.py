"""Operators read the assistant's talks, and say what was really meant."""

import pytest

from tickets.models import AssistantSession, AssistantTurn, IntentExample

pytestmark = pytest.mark.django_db
TALKS = "/admin/tickets/assistantsession/"
TURNS = "/admin/tickets/assistantturn/"


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def test_talks_are_listed_with_their_last_turn(desk, hear):
    hear("你好")
    hear("我的服务器连不上了，很急")
    page = desk.get(TALKS).content.decode()
    assert "我的服务器连不上了，很急" in page
    assert "来信" in page
    talk = desk.get(f"{TALKS}{AssistantSession.objects.get().pk}/change/").content.decode()
    assert "你好" in talk


def test_turns_are_narrowed_and_given_another_meaning(desk, hear):
    hear("帮我看看那个东西")
    hear("人工")
    turn = AssistantTurn.objects.order_by("pk").first()
    assert "帮我看看那个东西" not in desk.get(TURNS, {"handed_over": "yes"}).content.decode()
    assert "帮我看看那个东西" in desk.get(TURNS, {"handed_over": "no"}).content.decode()
    act = {"action": "relabel_fault", "_selected_action": [turn.pk]}
    assert "重新标注为" in desk.post(TURNS, act).content.decode()
    assert not IntentExample.objects.filter(turn=turn).exists()
    answer = desk.post(TURNS, {**act, "confirmed": 1})
    assert answer.status_code == 302
    turn.refresh_from_db()
    assert (turn.corrected_intent, turn.corrected_by.username) == ("fault", "admin")
    assert IntentExample.objects.filter(turn=turn, intent="fault").exists()
    assert desk.get(f"{TURNS}{turn.pk}/change/").status_code == 200


def test_a_list_asks_the_same_number_of_queries_however_long(
    desk, hear, django_assert_max_num_queries
):
    for number in range(6):
        hear("你好", openid=f"oSomebody{number}")
    for address in (TALKS, TURNS):
        with django_assert_max_num_queries(20):
            desk.get(address)


@pytest.mark.parametrize("query", ["intent=x", "entry=\x00", "handed_over=9", "q=\x00"])
def test_whatever_is_asked_is_no_error(desk, hear, query):
    hear("你好")
    for address in (TALKS, TURNS):
        assert desk.get(f"{address}?{query}").status_code in (200, 302)


def test_nothing_is_written_here(desk, hear):
    hear("你好")
    assert desk.get(f"{TALKS}add/").status_code == 403
    assert desk.get(f"{TURNS}add/").status_code == 403
