"""The feed's numbers: given after the commit, rising, without a hole for any reader."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.at_once import all_at_once
from tests.factories import CustomerFactory, UserFactory
from tests.tickets.chat.lifecycle.scene import begin, online, says
from tickets.chat.live import feed, news
from tickets.chat.trail import tell
from tickets.models import ChatFeedEntry


@pytest.mark.django_db
def test_numbers_follow_the_rows_and_go_on_after_the_purge(chat):
    for _ in range(3):
        tell(chat, "chat.updated")
    feed.number_new()
    assert list(ChatFeedEntry.objects.order_by("pk").values_list("seq", flat=True)) == [1, 2, 3]
    ChatFeedEntry.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert feed.purge() == 2
    tell(chat, "chat.updated")
    feed.number_new()
    assert list(ChatFeedEntry.objects.order_by("pk").values_list("seq", flat=True)) == [3, 4]


@pytest.mark.django_db
def test_what_nobody_has_followed_goes_as_well(chat):
    for _ in range(3):
        tell(chat, "chat.updated")
    ChatFeedEntry.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert feed.purge() == 2


@pytest.mark.django_db
def test_many_entries_are_numbered_in_batches(chat, monkeypatch):
    monkeypatch.setattr(feed, "NUMBERED_AT_ONCE", 4)
    for _ in range(10):
        tell(chat, "chat.updated")
    feed.number_new()
    numbers = ChatFeedEntry.objects.order_by("pk").values_list("seq", flat=True)
    assert list(numbers) == list(range(1, 11))


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_readers_among_many_writers_see_every_entry_once_in_order(admin, wangwu):
    """Eight write, two look and give numbers; who read up to a number is never shown a lower one."""
    chats = [begin(CustomerFactory(), online(UserFactory())) for _ in range(8)]
    seen: dict[str, list[int]] = {"one": [], "two": []}

    def write(chat):
        for number in range(25):
            says(chat, None, str(number))

    def read(name):
        seq = 0
        while len(seen[name]) < 8 * 25:
            found = news.news_after(seq, {}, {})
            seen[name] += [
                entry.pk
                for entry in feed.entries_after(seq, news.AT_ONCE)
                if (entry.seq or 0) <= found.seq
            ]
            seq = found.seq

    unforeseen = all_at_once(
        [lambda chat=chat: write(chat) for chat in chats]
        + [lambda name=name: read(name) for name in seen]
    )
    assert unforeseen == []
    ordered = list(ChatFeedEntry.objects.order_by("seq").values_list("pk", flat=True))
    assert seen["one"] == seen["two"] == ordered
    numbers = ChatFeedEntry.objects.order_by("seq").values_list("seq", flat=True)
    assert list(numbers) == list(range(1, 201))


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_told_late_and_not_lost(chat):
    """A row with a lower key may commit after one with a higher key was numbered."""
    import threading

    written, go = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            tell(chat, "chat.updated")
            written.set()
            go.wait(20)

    def quick():
        written.wait(20)
        tell(chat, "chat.ended")
        feed.number_new()
        assert feed.current_seq() == 1
        go.set()

    assert all_at_once([slow, quick]) == []
    feed.number_new()
    told = list(ChatFeedEntry.objects.order_by("seq").values_list("kind", flat=True))
    assert told == ["chat.ended", "chat.updated"]


@pytest.mark.django_db
def test_a_look_costs_the_same_for_one_entry_and_for_many(
    chat, lisi, wangwu, django_assert_max_num_queries, settings_read_once
):
    pages = {lisi.pk: [chat.pk], wangwu.pk: [chat.pk]}
    for colleague in (UserFactory() for _ in range(20)):
        pages[colleague.pk] = [chat.pk]
    for number in range(40):
        says(chat, lisi, str(number))
        tell(chat, "chat.updated")
    tell(chat, "message.status", ids=list(chat.messages.values_list("pk", flat=True)))
    with django_assert_max_num_queries(14):
        found = news.news_after(0, pages, {chat.pk: [chat.customer_id]})
    assert len(found.told) == 81
    with django_assert_max_num_queries(2):
        news.news_after(found.seq, pages, {})
