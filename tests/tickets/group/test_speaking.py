"""Which robot speaks where, and how."""

import pytest

from messaging.models import Message
from tests.factories import RobotFactory, TicketFactory
from tickets.group.speaking import EVERYBODY, say_in_group, voice_in, voices_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_webhook(settings):
    settings.GROUP_WEBHOOK_URL = ""


def test_a_groups_own_robot_speaks_before_the_default_one():
    default = RobotFactory(settings={"group_id": "g0"})
    own = RobotFactory(settings={"group_id": "g1"}, is_default=False)
    RobotFactory(settings={"group_id": "g2"}, is_default=False, is_active=False)
    found = voices_in(["g1", "g2", ""])
    assert found["g1"].account == own
    assert found["g2"].account == found[""].account == default
    assert found["g2"].group_id == "g0"


def test_the_webhook_of_the_environment_serves_where_no_robot_is_set_up(settings):
    assert voice_in("g1") is None
    settings.GROUP_WEBHOOK_URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0"
    assert voice_in("g1").account is None


def test_many_groups_are_asked_about_with_one_query(django_assert_num_queries):
    for number in range(5):
        RobotFactory(settings={"group_id": f"g{number}"}, is_default=False)
    with django_assert_num_queries(1):
        voices_in([f"g{number}" for number in range(10)])


def test_nobody_speaks_in_a_group_without_a_robot():
    assert say_in_group(TicketFactory(), content="#1", priority=8) is None
    assert not Message.objects.exists()


def test_without_mentions_it_is_markdown_with_them_a_text():
    RobotFactory()
    ticket = TicketFactory(group_chat_id="test_group_001")
    plain = say_in_group(ticket, content="#1 好", priority=8)
    assert plain.recipient == "test_group_001"
    assert plain.payload == {"msgtype": "markdown", "markdown": {"content": "#1 好"}}
    loud = say_in_group(ticket, content="#1 快", mentions=["lisi", EVERYBODY, "lisi"], priority=8)
    assert loud.payload["text"] == {"content": "#1 快", "mentioned_list": ["lisi", "@all"]}


def test_words_are_cut_to_the_bytes_that_the_platform_takes():
    RobotFactory()
    ticket = TicketFactory()
    long = "长" * 3000
    markdown = say_in_group(ticket, content=long, priority=8).payload["markdown"]["content"]
    text = say_in_group(ticket, content=long, mentions=["lisi"], priority=8).payload["text"]
    assert 4093 <= len(markdown.encode()) <= 4096
    assert 2045 <= len(text["content"].encode()) <= 2048


def test_the_same_is_said_once():
    RobotFactory()
    ticket = TicketFactory()
    first = say_in_group(ticket, content="#1", priority=8, dedupe_key="sla:1")
    second = say_in_group(ticket, content="#1", priority=8, dedupe_key="sla:1")
    assert first == second
    assert Message.objects.count() == 1
