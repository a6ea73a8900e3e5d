"""Reading a chat from where one was, with few queries however long it is."""

import pytest
from django.utils import timezone

from tickets.models import ChatFile, ChatMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_chat(chat):
    file = ChatFile.objects.create(
        chat=chat, name="x.pdf", content_type="application/pdf", size=1, sha256="0" * 64
    )
    ChatMessage.objects.bulk_create(
        ChatMessage(
            chat=chat,
            number=number,
            sender="customer" if number % 2 else "agent",
            content=f"第{number}句",
            visibility="internal" if number % 10 == 0 else "public",
            file=file if number % 3 == 0 else None,
            status="sent",
            sent_at=timezone.now(),
        )
        for number in range(1, 251)
    )
    chat.last_number = 250
    chat.save()
    return chat


def _numbers(client, side, **query):
    body = client.get(f"{side}/messages", query).json()
    return [one["number"] for one in body["list"]], body["last_number"]


def test_a_reader_goes_on_from_the_last_it_has(api, lisi, team, long_chat):
    client = api(lisi)
    assert _numbers(client, team, after=240) == (list(range(241, 251)), 250)
    assert _numbers(client, team, after=250) == ([], 250)
    assert _numbers(client, team, after=0, limit=2) == ([1, 2], 250)


def test_the_newest_come_first_and_older_ones_by_scrolling(api, lisi, team, long_chat):
    client = api(lisi)
    assert _numbers(client, team)[0] == list(range(201, 251))
    assert _numbers(client, team, before=201, limit=200)[0] == list(range(1, 201))


def test_the_customer_reads_what_is_public(api, zhangsan, own, long_chat):
    numbers, last = _numbers(api(zhangsan), own, after=228)
    assert numbers == [n for n in range(229, 250) if n % 10]
    assert last == 249


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"limit": 201}, "limit"),
        ({"limit": 0}, "limit"),
        ({"after": -1}, "after"),
        ({"after": "x"}, "after"),
        ({"before": 2**31}, "before"),
        ({"after": 1, "before": 3}, "before"),
    ],
)
def test_a_wrong_query_is_named(api, lisi, team, query, attr):
    answer = api(lisi).get(f"{team}/messages", query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


@pytest.mark.parametrize("limit", [2, 200])
def test_queries_do_not_grow_with_the_list(
    api,
    lisi,
    zhangsan,
    team,
    own,
    long_chat,
    settings_read_once,
    limit,
    django_assert_max_num_queries,
):
    with django_assert_max_num_queries(3):
        assert len(api(lisi).get(f"{team}/messages?limit={limit}").json()["list"]) == limit
    with django_assert_max_num_queries(4):
        assert len(api(zhangsan).get(f"{own}/messages?limit={limit}").json()["list"]) == limit
