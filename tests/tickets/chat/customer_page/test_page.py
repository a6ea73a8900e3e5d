"""`/chat/`: who somebody is there, and what the forms take."""

import pytest
from django.test import Client

from config.runtime import store
from customers.actors import Entry, customer_actor
from customers.models import Customer, CustomerChannel
from customers.visitors.cookie import COOKIE, visitor_of, visitor_token
from messaging.phone_codes import actions as codes
from tests.factories import CustomerFactory, TicketFactory, UserFactory
from tickets.chat import limits
from tickets.chat.assignment.actions import chat_request
from tickets.chat.customer_page import page
from tickets.models import OPEN_CHATS, Chat

pytestmark = pytest.mark.django_db
PHONE = "+8613900001111"


@pytest.fixture
def held(monkeypatch):
    """The phone that whoever types 123456 holds."""

    def check(*, phone, purpose, code):
        assert purpose == "chat"
        if code != "123456":
            raise codes.InvalidInputError(codes.REFUSAL, code="bad_code", attr="code")

    monkeypatch.setattr(page, "code_check", check)


def customer_of(client):
    return visitor_of({COOKIE: client.cookies[COOKIE].value})


def asked(client, path, **words):
    return client.post(path, words, headers={"Accept": "application/json"})


def visitor(customer):
    client = Client()
    client.cookies[COOKIE] = visitor_token(customer)
    return client


def test_nobody_is_made_before_somebody_starts(client):
    assert "直接咨询" in client.get("/chat/").content.decode()
    assert not Customer.objects.exists()
    asked(client, "/chat/start", act="start")
    guest = customer_of(client)
    assert guest.name.startswith("访客 ")
    assert guest.channel == CustomerChannel.WEBSITE
    assert guest.name in client.get("/chat/").content.decode()
    asked(client, "/chat/start", act="start")
    assert Customer.objects.count() == 1


def test_a_typed_phone_opens_nobodys_record(client, held):
    owner = CustomerFactory(phone=PHONE, name="张三")
    for code in ("", "000000"):
        refused = asked(client, "/chat/start", act="start", phone="13900001111", code=code)
        assert refused.status_code == 400
        assert "code" in refused.json()["errors"]
    assert COOKIE not in client.cookies
    asked(client, "/chat/start", act="start", phone="13900001111", code="123456", name="李某")
    assert customer_of(client) == owner


def test_guests_of_an_address_are_limited_and_told_when(client):
    rates = {**limits.DEFAULTS, "new_visitor": {"count": 2, "seconds": 3600}}
    store.change(key=limits.SETTING, value=rates, actor=None)
    store.forget_snapshot()
    answers = [asked(Client(), "/chat/start", act="start") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert Customer.objects.count() == 2


def test_a_bot_that_fills_in_every_field_is_nobody(client):
    refused = asked(client, "/chat/start", act="start", homepage_address="http://spam.example")
    assert refused.status_code == 400
    assert not Customer.objects.exists()


@pytest.mark.parametrize("path", ["/chat/start", "/chat/phone", "/chat/leave"])
@pytest.mark.parametrize("words", ["", "\x00", "x" * 5000, "\U0001f600" * 90, "<b>", "٣" * 20])
@pytest.mark.parametrize("act", ["start", "code", "\x00"])
def test_odd_words_are_refused_or_taken_never_an_error(path, words, act):
    client = visitor(CustomerFactory()) if path == "/chat/phone" else Client()
    for accept in ("application/json", "text/html"):
        answer = client.post(
            path,
            {"act": act, "name": words, "phone": words, "code": words},
            headers={"Accept": accept},
        )
        assert answer.status_code < 500


def test_the_forms_want_their_token():
    client = Client(enforce_csrf_checks=True)
    for path in ("/chat/start", "/chat/phone", "/chat/leave"):
        assert client.post(path, {"act": "start"}).status_code == 403


def test_a_guest_who_proves_the_phone_is_its_customer_with_the_chat(held):
    owner = CustomerFactory(phone=PHONE)
    guest = CustomerFactory(phone="", name="访客 1234")
    chat = chat_request(customer=guest, entry="web", actor=customer_actor(guest, Entry.WEB))
    client = visitor(guest)
    bound = asked(client, "/chat/phone", act="bind", phone="13900001111", code="123456")
    assert bound.status_code == 200
    assert customer_of(client) == owner
    assert Chat.objects.get(pk=chat.pk).customer == owner


def test_of_two_open_chats_the_one_that_is_talked_in_goes_on(held):
    owner, guest = CustomerFactory(phone=PHONE), CustomerFactory(phone="")
    for one in (owner, guest):
        chat_request(customer=one, entry="web", actor=customer_actor(one, Entry.WEB))
    here = Chat.objects.get(customer=guest)
    client = visitor(guest)
    asked(client, "/chat/phone", act="bind", phone="13900001111", code="123456")
    assert customer_of(client) == owner
    assert Chat.objects.get(customer=owner, status__in=OPEN_CHATS) == here


def test_nobodys_number_becomes_the_guests_own(held):
    guest = CustomerFactory(phone="")
    asked(visitor(guest), "/chat/phone", act="bind", phone="13900001111", code="123456")
    guest.refresh_from_db()
    assert guest.phone == PHONE


def test_a_customers_login_is_its_customer_and_a_colleague_is_nobody(client):
    customer = CustomerFactory(name="张三")
    client.force_login(UserFactory(role="customer", customer=customer))
    assert "张三" in client.get("/chat/").content.decode()
    client.force_login(UserFactory())
    assert "直接咨询" in client.get("/chat/").content.decode()


def test_whoever_logs_in_is_themselves_whoever_used_the_browser_before(client):
    asked(client, "/chat/start", act="start")
    guest, customer = customer_of(client), CustomerFactory(name="张三")
    client.force_login(UserFactory(role="customer", customer=customer))
    client.post("/api/user/customer-service/assign")
    assert list(Chat.objects.values_list("customer", flat=True)) == [customer.pk]
    assert guest.name not in client.get("/chat/").content.decode()


def test_a_login_leaves_no_cookie_behind(client):
    client.force_login(UserFactory(role="customer", customer=CustomerFactory(name="张三")))
    asked(client, "/chat/start", act="start")
    assert COOKIE not in client.cookies
    client.logout()
    assert "直接咨询" in client.get("/chat/").content.decode()


def test_a_guests_name_is_what_one_sees_of_it(client):
    asked(client, "/chat/start", act="start", name="张\u202e三\x07\u200b 李\n四")
    assert customer_of(client).name == "张三 李 四"


def test_leaving_forgets_who_it_was(client):
    asked(client, "/chat/start", act="start")
    client.post("/chat/leave")
    assert "直接咨询" in client.get("/chat/").content.decode()


def test_a_ticket_opens_for_its_customer_alone():
    ticket = TicketFactory()
    assert visitor(ticket.customer).get(f"/chat/tickets/{ticket.pk}")["Location"].startswith("/t/")
    assert visitor(CustomerFactory()).get(f"/chat/tickets/{ticket.pk}").status_code == 404
    assert Client().get(f"/chat/tickets/{ticket.pk}").status_code == 404
