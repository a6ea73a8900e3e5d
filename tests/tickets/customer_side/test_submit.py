"""`/submit/`: a customer without a login reports a problem (contract.md §9)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from config.api.client_address import client_address
from config.runtime import store
from customers.models import Customer, CustomerChannel, CustomerStatus
from messaging.models import Message, PhoneCode
from tests.at_once import all_at_once
from tests.factories import CustomerFactory
from tests.tickets.customer_side.conftest import PHONE, code_on, picture
from tickets.customer_side.pictures import MOST_BYTES
from tickets.models import Ticket, TicketAttachment, Visibility

pytestmark = pytest.mark.django_db

E164 = f"+86{PHONE}"


def confirm(client, code, **more):
    return client.post("/submit/", {"act": "confirm", "phone": PHONE, "code": code, **more})


def page_of(response):
    return response.content.decode()


# --- The phone ------------------------------------------------------------------------------------


def test_the_first_step_asks_for_the_phone_alone(client):
    page = page_of(client.get("/submit/"))
    assert 'name="phone"' in page
    assert 'name="description"' not in page


def test_the_right_code_opens_the_second_step(prove):
    page = page_of(prove().get("/submit/"))
    assert 'name="description"' in page
    assert "138****8000" in page


def test_a_wrong_code_is_told_beside_it_and_the_phone_stays(client, sms):
    client.post("/submit/", {"act": "code", "phone": PHONE})
    answer = confirm(client, "000000" if code_on(PHONE) != "000000" else "000001")
    assert answer.status_code == 400
    assert "验证码不正确或已失效" in page_of(answer)
    assert f'value="{PHONE}"' in page_of(answer)


def test_a_second_code_within_the_minute_is_429_and_says_when(client, sms):
    client.post("/submit/", {"act": "code", "phone": PHONE})
    answer = client.post("/submit/", {"act": "code", "phone": PHONE})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 61
    assert "过于频繁" in page_of(answer)


def test_without_sms_the_page_says_whom_to_ask(client, db):
    answer = client.post("/submit/", {"act": "code", "phone": PHONE})
    assert answer.status_code == 503
    assert "暂时无法发送验证码，请联系客服" in page_of(answer)


def test_a_known_phone_and_a_stranger_see_the_same_page(client, sms):
    CustomerFactory(phone=E164, name="张三")
    known = client.post("/submit/", {"act": "code", "phone": PHONE})
    unknown = Client().post("/submit/", {"act": "code", "phone": "13900139000"})
    same = [
        page_of(page).replace(PHONE, "").replace("13900139000", "").split("csrfmiddlewaretoken")[0]
        for page in (known, unknown)
    ]
    assert same[0] == same[1]


def test_the_script_gets_json(client, sms):
    ask = {"act": "code", "phone": PHONE}
    good = client.post("/submit/", ask, headers={"Accept": "application/json"})
    assert good.json()["wait"] == 60
    often = client.post("/submit/", ask, headers={"Accept": "application/json"})
    assert (often.status_code, often.json()["error"][:4]) == (429, "获取验证")
    wrong = client.post(
        "/submit/", {"act": "code", "phone": "x"}, headers={"Accept": "application/json"}
    )
    assert "phone" in wrong.json()["errors"]


def test_the_proof_lasts_half_an_hour(prove):
    client = prove()
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert 'name="phone"' in page_of(client.get("/submit/"))


def test_a_cookie_made_up_proves_nothing(client):
    client.cookies["submit_phone"] = f"{E164}:1abcde:nothing"
    assert 'name="phone"' in page_of(client.get("/submit/"))


def test_another_phone_can_be_given(prove):
    client = prove()
    client.post("/submit/", {"act": "change"})
    assert 'name="phone"' in page_of(client.get("/submit/"))


def test_words_typed_before_the_proof_ran_out_are_kept(prove, report):
    client = prove()
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        answer = report(description="很长的描述", company="YY 公司")
        assert answer.status_code == 401
        assert 'value="很长的描述"' in page_of(answer)
        client.post("/submit/", {"act": "code", "phone": PHONE})
        second = confirm(client, code_on(PHONE), description="很长的描述", company="YY 公司")
    assert "很长的描述</textarea>" in page_of(second)
    assert 'value="YY 公司"' in page_of(second)


# --- The problem ----------------------------------------------------------------------------------


def test_a_stranger_becomes_a_customer_with_a_ticket(prove, report):
    prove()
    answer = report(
        company="YY 公司", title="登录失败", other_product="云服务器", pictures=[picture()]
    )
    assert answer.status_code == 303
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.product, ticket.entry) == ("登录失败", "云服务器", "web")
    customer = ticket.customer
    assert (customer.name, customer.phone, customer.company) == ("张三", E164, "YY 公司")
    assert customer.channel == CustomerChannel.WEBSITE
    attachment = TicketAttachment.objects.get()
    assert attachment.visibility == Visibility.PUBLIC
    page = page_of(Client().get(answer["Location"]))
    assert "提交成功" in page
    assert "无法登录" in page
    assert f"/files/{attachment.pk}" in page


def test_a_known_phone_is_its_customer_whatever_name_is_typed(prove, report):
    known = CustomerFactory(phone=E164, name="张三丰", company="XX 公司")
    prove()
    report(name="张先生", company="别的公司")
    ticket = Ticket.objects.get()
    assert ticket.customer == known
    known.refresh_from_db()
    assert (known.name, known.company) == ("张三丰", "XX 公司")
    note = ticket.events.get(visibility=Visibility.INTERNAL, kind="reply")
    assert "张先生" in note.content


def test_of_several_customers_of_a_phone_the_name_decides(prove, report):
    CustomerFactory(phone=E164, name="张三")
    wife = CustomerFactory(phone=E164, name="李梅")
    prove()
    report(name="李梅")
    assert Ticket.objects.get().customer == wife
    report(name="小张", token="u")
    assert Ticket.objects.latest("pk").customer.name == "小张"


def test_a_name_alone_gives_nobody_elses_record_away(prove, report):
    """A customer without a number of that name stays theirs."""
    namesake = CustomerFactory(phone="", name="张三")
    prove()
    report()
    namesake.refresh_from_db()
    assert namesake.phone == ""
    assert Ticket.objects.get().customer != namesake


@pytest.mark.parametrize(
    "fields", [{"blocked_at": timezone.now()}, {"status": CustomerStatus.DELETED}]
)
def test_who_is_blocked_or_deleted_is_politely_refused(prove, report, fields):
    CustomerFactory(phone=E164, name="张三", **fields)
    prove()
    answer = report()
    assert answer.status_code == 403
    assert "暂时无法在线受理，请联系客服" in page_of(answer)
    assert "无法登录</textarea>" in page_of(answer)
    assert not Ticket.objects.exists()


def test_what_is_missing_is_told_beside_its_field_and_the_rest_is_kept(prove, report):
    prove()
    answer = report(description="", name="", company="YY 公司")
    assert answer.status_code == 400
    page = page_of(answer)
    assert "请描述您遇到的问题" in page
    assert 'value="YY 公司"' in page


@pytest.mark.parametrize(
    "words",
    [
        {"description": "x" * 5001},
        {"name": "x" * 101},
        {"title": "x" * 201},
        {"description": "\x00"},
        {"product": "\x00"},
        {"company": "x" * 70_000},
    ],
)
def test_what_is_too_long_or_no_text_is_a_400(prove, report, words):
    prove()
    assert report(**words).status_code == 400
    assert not Ticket.objects.exists()


def test_without_a_proved_phone_there_is_no_ticket(report, db):
    assert report().status_code == 401
    assert not Ticket.objects.exists()


def test_a_form_sent_twice_makes_one_ticket(prove, report):
    prove()
    first, second = report(pictures=[picture()]), report(pictures=[picture()])
    tickets = {answer["Location"][:20] for answer in (first, second)}
    assert len(tickets) == Ticket.objects.count() == 1


def test_other_words_by_the_same_form_are_another_ticket(prove, report):
    prove()
    report()
    report(description="另一个问题")
    assert Ticket.objects.count() == 2


def test_a_trap_that_people_do_not_see_catches_bots(prove, report):
    prove()
    assert report(homepage_address="https://spam.example").status_code == 400
    assert not Ticket.objects.exists()


def test_thirty_tickets_an_hour_for_an_address(prove, report):
    prove()
    for number in range(30):
        assert report(description=f"问题 {number}").status_code == 303
    answer = report(description="再一个")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "再一个</textarea>" in page_of(answer)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("no address", "no address"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(rf, address, counted):
    """Whoever has one address of it has all of them."""
    assert client_address(rf.get("/submit/", REMOTE_ADDR=address)) == counted


def test_the_last_code_of_an_ipv6_network_is_the_last(client, sms):
    for number in range(21):
        answer = client.post(
            "/submit/",
            {"act": "code", "phone": f"138001380{number:02}"},
            REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}",
        )
    assert answer.status_code == 429


def test_another_sites_form_is_refused(prove, db):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/submit/", {"act": "code", "phone": PHONE}).status_code == 403


# --- Pictures -------------------------------------------------------------------------------------


def test_six_pictures_are_one_too_many(prove, report):
    prove()
    answer = report(pictures=[picture(f"{n}.png", n) for n in range(6)])
    assert answer.status_code == 400
    assert "最多上传 5 张" in page_of(answer)
    assert not Ticket.objects.exists()


def test_what_is_no_picture_is_told_and_nothing_is_made(prove, report):
    prove()
    for name, content in (("a.png", b"MZ not a picture"), ("a.pdf", b"%PDF-1.4\n"), ("a.png", b"")):
        answer = report(pictures=[picture(), picture(name, content=content)])
        assert answer.status_code == 400, name
    assert not Ticket.objects.exists()
    assert not TicketAttachment.objects.exists()
    assert not Customer.objects.exists()


def test_a_picture_that_is_too_large_is_named(prove, report):
    prove()
    answer = report(
        pictures=[picture("大图.png", content=b"\x89PNG\r\n\x1a\n" + b"0" * MOST_BYTES)]
    )
    assert answer.status_code == 400
    assert "「大图.png」超过 10 MB" in page_of(answer)


# --- Products -------------------------------------------------------------------------------------


def test_products_are_chosen_from_the_operators_list_or_named(prove, report, client):
    store.change(key="ticket.submit_products", value=["斗战神V2.0"], actor=None)
    prove()
    page = page_of(client.get("/submit/?product=斗战神V2.0"))
    assert '<option value="斗战神V2.0" selected>' in page
    assert 'value="云盘"' in page_of(client.get("/submit/?product=云盘"))
    report(product="斗战神V2.0", other_product="忽略")
    report(product="__other__", other_product="云盘", token="u")
    assert list(Ticket.objects.order_by("pk").values_list("product", flat=True)) == [
        "斗战神V2.0",
        "云盘",
    ]


def test_a_product_in_the_address_survives_the_first_step(client, sms):
    where = "/submit/?product=%E4%BA%91%E7%9B%98"
    client.post(where, {"act": "code", "phone": PHONE})
    answer = client.post(where, {"act": "confirm", "phone": PHONE, "code": code_on(PHONE)})
    assert 'value="云盘"' in page_of(client.get(answer["Location"]))


@pytest.mark.parametrize("product", ["\x00", "x" * 5000, "<script>alert(1)</script>", "'"])
def test_a_strange_product_in_the_address_does_no_harm(prove, client, product):
    prove()
    answer = client.get("/submit/", {"product": product})
    assert answer.status_code == 200
    assert "<script>alert" not in page_of(answer)


def test_the_page_is_kept_and_indexed_by_nobody(client):
    answer = client.get("/submit/")
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_the_database_keeps_no_phone_for_the_form(prove):
    from django.contrib.sessions.models import Session

    prove()
    assert not Session.objects.exists()
    assert PhoneCode.objects.get().used_at is not None
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_ticket(prove):
    cookies = prove().cookies

    def click():
        browser = Client()
        browser.cookies = cookies
        answer = browser.post(
            "/submit/",
            {"act": "report", "token": "t", "name": "张三", "description": "无法登录"},
        )
        assert answer.status_code == 303, answer.content

    assert all_at_once([click] * 6) == []
    assert Ticket.objects.count() == Customer.objects.count() == 1
