"""The page behind a secure link: who has it reads; the customer also answers and rates (contract.md §4)."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from config.runtime import store
from customers.actors import system_actor
from customers.models import CustomerStatus
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, actor
from tests.tickets.customer_side.conftest import path, picture, png, text_of
from tickets import actions
from tickets.customer_side.actions import links_revoke
from tickets.customer_side.links import Audience, opened, ticket_url, token_of
from tickets.models import EventKind, Priority, Ticket, TicketAttachment, TicketRating, Visibility
from tickets.relations.attachments import attachment_add
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def resolved(ticket, lisi):
    ticket.assignee = lisi
    ticket.save()
    actions.ticket_transition(
        ticket_id=ticket.pk, status=TicketStatus.RESOLVED, actor=system_actor(), reason="已修复"
    )
    ticket.refresh_from_db()
    return ticket


def say(client, ticket, content="还是不行", token="t", **more):
    return client.post(path(ticket, what="/reply"), {"content": content, "token": token, **more})


# --- The link -------------------------------------------------------------------------------------


def test_a_token_fits_into_an_sms_and_says_what_it_is_for(ticket):
    token = ticket_url(ticket, "customer").rpartition("/")[2]
    assert len(token) == 32
    found = opened(token)
    assert (found.ticket_id, found.audience) == (ticket.pk, Audience.CUSTOMER)


def test_whatever_is_wrong_with_a_link_looks_the_same(client, ticket, lisi):
    token = token_of(ticket, Audience.CUSTOMER)
    revoked = token_of(ticket, Audience.GROUP)
    links_revoke(ticket_id=ticket.pk, actor=system_actor())
    unknown = TicketFactory()
    tokens = [
        token,
        revoked,
        token_of(unknown, Audience.GROUP),
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[::-1],
        "x" * 32,
        "x" + token,
        "1",
        "%00" * 32,
        "工" * 32,
        signing.dumps(ticket.pk, salt="tickets.link"),
    ]
    Ticket.objects.filter(pk=unknown.pk).delete()
    pages = {client.get(f"/t/{each}").content for each in tokens}
    codes = {client.get(f"/t/{each}").status_code for each in tokens}
    assert codes == {404}
    assert len(pages) == 1
    assert "链接无效或已过期" in pages.pop().decode()


@pytest.mark.parametrize(("audience", "hours"), [(Audience.GROUP, 168), (Audience.CUSTOMER, 72)])
def test_a_link_expires_by_the_setting_of_its_kind(client, ticket, audience, hours):
    address = path(ticket, audience)
    with time_machine.travel(timezone.now() + timedelta(hours=hours, minutes=-1)):
        assert client.get(address).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=hours, minutes=1)):
        assert client.get(address).status_code == 404


def test_a_shorter_lifetime_holds_for_links_that_are_out(client, ticket):
    address = path(ticket)
    store.change(key="ticket.link_hours", value={"group": 168, "customer": 1}, actor=None)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        store.forget_snapshot()
        assert client.get(address).status_code == 404


def test_after_a_revocation_new_links_work(client, ticket):
    links_revoke(ticket_id=ticket.pk, actor=system_actor())
    ticket.refresh_from_db()
    assert client.get(path(ticket)).status_code == 200


def test_a_customers_link_ends_with_the_customer(client, ticket):
    address = path(ticket)
    ticket.customer.status = CustomerStatus.DELETED
    ticket.customer.save()
    assert client.get(address).status_code == 404


def test_the_page_is_kept_indexed_and_told_to_nobody(client, ticket):
    for address in (path(ticket), path(ticket, Audience.GROUP), "/t/x"):
        answer = client.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]


# --- Reading --------------------------------------------------------------------------------------


def test_both_read_what_is_public_and_nothing_else(client, ticket, lisi, api, admin):
    ticket.title = "<script>alert(1)</script>"
    ticket.save()
    api(admin).post(f"/api/tickets/{ticket.pk}/reply", {"content": "公开的话"})
    api(admin).post(
        f"/api/tickets/{ticket.pk}/reply", {"content": "同事之间", "visibility": "internal"}
    )
    for audience in Audience:
        page = client.get(path(ticket, audience)).content.decode()
        assert "公开的话" in page
        assert "同事之间" not in page
        assert "<script>alert" not in page


def test_a_customer_does_not_read_their_own_record_there(client, ticket):
    """A number may have changed hands."""
    ticket.customer.name = "欧阳锋利"
    ticket.customer.save()
    assert "欧阳锋利" not in client.get(path(ticket)).content.decode()
    assert "欧阳锋利" in client.get(path(ticket, Audience.GROUP)).content.decode()


@pytest.mark.parametrize("status", list(TicketStatus))
def test_every_state_has_its_page(client, status):
    ticket = TicketFactory(status=status, resolved_at=timezone.now(), priority=Priority.URGENT)
    for audience in Audience:
        page = client.get(path(ticket, audience)).content.decode()
        assert status.label in page


def test_what_each_kind_of_event_says(client, ticket, admin):
    doer = actor(admin)
    actions.ticket_assign(ticket_id=ticket.pk, assignee=admin, actor=doer)
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=40, actor=doer)
    actions.ticket_wait(ticket_id=ticket.pk, actor=doer, reason="请提供日志")
    page = client.get(path(ticket)).content.decode()
    for words in ("处理进度 40%", "等待您补充信息", "请提供日志", "等待您回复", "去回复"):
        assert words in page, words


def test_a_merged_ticket_leads_to_where_it_goes_on(client, ticket, admin):
    other = TicketFactory(customer=ticket.customer)
    actions.ticket_merge(ticket_id=ticket.pk, into_id=other.pk, actor=actor(admin))
    page = client.get(path(ticket)).content.decode()
    assert f"已合并到 #{other.pk}" in page
    link = page.split('<a href="/t/')[1].split('"')[0]
    assert f"工单 #{other.pk}" in client.get(f"/t/{link}").content.decode()
    assert "data-reply-form" not in page


def test_reading_asks_few_questions(
    client, ticket, admin, django_assert_max_num_queries, settings_read_once
):
    for number in range(20):
        actions.ticket_reply(ticket_id=ticket.pk, content=f"回复 {number}", actor=actor(admin))
    address = path(ticket)
    with django_assert_max_num_queries(6):
        client.get(address)


# --- Answering ------------------------------------------------------------------------------------


def test_the_customer_answers_with_words_and_pictures(client, ticket):
    answer = say(client, ticket, "看图", pictures=[picture()])
    assert answer.status_code == 303
    event = ticket.events.get(kind=EventKind.REPLY)
    assert (event.content, event.is_from_customer, event.entry) == ("看图", True, "web")
    assert event.visibility == Visibility.PUBLIC
    page = client.get(answer["Location"]).content.decode()
    assert "看图" in page
    assert f"/files/{TicketAttachment.objects.get().pk}" in page


def test_an_answer_ends_the_waiting(client, ticket, admin):
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(admin))
    say(client, ticket)
    ticket.refresh_from_db()
    assert ticket.waiting_since is None
    assert ticket.unanswered_since is not None


def test_an_answer_sent_twice_is_one(client, ticket):
    say(client, ticket)
    say(client, ticket)
    assert ticket.events.filter(kind=EventKind.REPLY).count() == 1


def test_an_empty_answer_is_refused_beside_the_field(client, ticket):
    answer = say(client, ticket, "   ")
    assert answer.status_code == 400
    assert "内容必须是 1 到" in answer.content.decode()


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "hex", "idna", "undefined"])
def test_words_in_a_charset_of_their_own_are_refused(client, ticket, charset):
    words = b"+2AA- \\ud800"  # half a character, by the first two of these
    form = b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n' + words + b"\r\n--x--"
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    answer = client.generic("POST", path(ticket, what="/reply"), form, content_type=kind)
    assert answer.status_code == 415
    assert not ticket.events.exists()


def test_a_picture_alone_is_an_answer(client, ticket):
    assert say(client, ticket, "", pictures=[picture()]).status_code == 303
    assert not ticket.events.filter(kind=EventKind.REPLY).exists()


def test_what_is_no_picture_leaves_no_words_behind(client, ticket):
    answer = say(client, ticket, "看图", pictures=[picture(content=b"%PDF-1.4\n")])
    assert answer.status_code == 400
    assert not ticket.events.exists()
    assert "看图</textarea>" in answer.content.decode()


@pytest.mark.parametrize("status", [TicketStatus.CLOSED, TicketStatus.CANCELLED])
def test_a_finished_ticket_takes_no_more_words(client, status):
    ticket = TicketFactory(status=status, resolved_at=timezone.now())
    assert "data-reply-form" not in client.get(path(ticket)).content.decode()
    assert say(client, ticket).status_code == 409


def test_the_groups_link_only_reads(client, resolved):
    for what, words in (
        ("reply", {"content": "x"}),
        ("rate", {"score": 5}),
        ("reopen", {"reason": "x"}),
    ):
        address = path(resolved, Audience.GROUP, f"/{what}")
        assert client.post(address, words).status_code == 404
    page = client.get(path(resolved, Audience.GROUP)).content.decode()
    assert "<form" not in page
    assert not TicketRating.objects.exists()


def test_an_act_by_a_bad_link_is_the_same_404(client, ticket):
    address = path(ticket, what="/reply")
    links_revoke(ticket_id=ticket.pk, actor=system_actor())
    assert client.post(address, {"content": "x"}).status_code == 404


def test_an_acts_address_loaded_again_is_the_page(client, ticket):
    page = path(ticket)
    assert client.get(f"{page}/reply")["Location"] == page


def test_no_cookie_is_needed(ticket):
    strict = Client(enforce_csrf_checks=True)
    assert say(strict, ticket).status_code == 303


def test_too_many_words_are_held_back(client, ticket):
    for number in range(20):
        assert say(client, ticket, f"话 {number}", token=str(number)).status_code == 303
    answer = say(client, ticket, "再一句", token="more")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "再一句</textarea>" in answer.content.decode()


def test_the_script_gets_json(client, ticket):
    asked = {"headers": {"Accept": "application/json"}}
    wrong = client.post(path(ticket, what="/reply"), {"content": ""}, **asked)
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["content"])
    good = client.post(path(ticket, what="/reply"), {"content": "好"}, **asked)
    assert good.json()["url"].startswith("/t/")


# --- Rating and reopening -------------------------------------------------------------------------


def test_the_customer_rates_a_solution(client, resolved):
    answer = client.post(path(resolved, what="/rate"), {"score": "5", "comment": "很快"})
    assert answer.status_code == 303
    rating = TicketRating.objects.get()
    assert (rating.score, rating.comment, rating.entry) == (5, "很快", "web")
    page = client.get(answer["Location"]).content.decode()
    assert "问题已解决，感谢您的评价" in page
    assert "请您确认并评价" not in page


@pytest.mark.parametrize("score", ["", "0", "6", "五", "1e9", "\x00", "-1"])
def test_a_score_is_one_to_five_stars(client, resolved, score):
    answer = client.post(path(resolved, what="/rate"), {"score": score})
    assert answer.status_code == 400
    assert "请选择 1 到 5 星" in answer.content.decode()


def test_what_is_not_solved_is_not_rated(client, ticket):
    assert "这次服务怎么样" not in client.get(path(ticket)).content.decode()
    assert client.post(path(ticket, what="/rate"), {"score": "5"}).status_code == 409


def test_a_solution_that_was_none_is_reopened_with_the_reason(client, resolved, lisi):
    answer = client.post(path(resolved, what="/reopen"), {"reason": "又断了", "token": "t"})
    assert answer.status_code == 303
    resolved.refresh_from_db()
    assert (resolved.status, resolved.assignee) == (TicketStatus.PROCESSING, lisi)
    assert resolved.unanswered_since is not None
    event = resolved.events.latest("sequence")
    assert (event.content, event.is_from_customer) == ("又断了", True)
    page = client.get(answer["Location"]).content.decode()
    assert "工单已重新打开" in page


def test_reopening_needs_a_reason(client, resolved):
    answer = client.post(path(resolved, what="/reopen"), {"reason": " "})
    assert answer.status_code == 400
    assert "说明哪里没有解决" in answer.content.decode()


def test_after_a_week_it_takes_a_new_ticket(client, resolved):
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        address = path(resolved, what="/reopen")
        assert client.post(address, {"reason": "又断了"}).status_code == 409
        assert "问题没有解决" not in client.get(path(resolved)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_double_click_reopens_once(lisi):
    ticket = TicketFactory(status=TicketStatus.RESOLVED, resolved_at=timezone.now(), assignee=lisi)
    address = path(ticket, what="/reopen")

    def click():
        answer = Client().post(address, {"reason": "又断了", "token": "t"})
        assert answer.status_code == 303, answer.content

    assert all_at_once([click] * 5) == []
    assert ticket.events.count() == 1


# --- Files ----------------------------------------------------------------------------------------


def test_public_files_are_served_by_the_link_and_internal_ones_are_not(client, ticket, admin):
    doer = actor(admin)
    public = attachment_add(ticket_id=ticket.pk, upload=picture("图.png"), actor=doer)
    internal = attachment_add(
        ticket_id=ticket.pk, upload=picture("b.png", 9), actor=doer, visibility=Visibility.INTERNAL
    )
    for audience in Audience:
        answer = client.get(path(ticket, audience, f"/files/{public.pk}"))
        assert answer.status_code == 200
        assert text_of(answer) == png()
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "no-referrer"
        page = client.get(path(ticket, audience)).content.decode()
        assert f"/files/{internal.pk}" not in page
        assert client.get(path(ticket, audience, f"/files/{internal.pk}")).status_code == 404


def test_another_tickets_files_are_not_reached(client, ticket, admin):
    other = TicketFactory(customer=CustomerFactory())
    foreign = attachment_add(ticket_id=other.pk, upload=picture(), actor=actor(admin))
    assert client.get(path(ticket, what=f"/files/{foreign.pk}")).status_code == 404
    assert client.get(path(ticket, what="/files/999999999999999999")).status_code == 404
