"""Six digits by SMS prove a phone: once, for one purpose, within five minutes and five tries."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from config.diagnosis import Level
from config.errors import AppError, InvalidInputError, TooOftenError
from messaging.models import ChannelType, Message, MessageTemplate, OptOut, PhoneCode
from messaging.phone_codes import setup
from messaging.phone_codes.actions import code_check, code_request, codes_forget
from messaging.phone_codes.setup import CodesUnavailableError
from messaging.tasks import clear_phone_codes, purge_phone_codes
from tests.at_once import all_at_once
from tests.factories import CustomerFactory
from tests.messaging.phone_codes.conftest import ADDRESS, PHONE

pytestmark = pytest.mark.django_db


def check(code, phone="138 0013 8000", purpose="submit"):
    code_check(phone=phone, purpose=purpose, code=code)


def refusal(code, **asked):
    with pytest.raises(InvalidInputError) as refused:
        check(code, **asked)
    assert refused.value.attr == "code"
    return refused.value.detail


def another(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_code_on_the_phone_passes_once(ask):
    code = ask()
    assert re.fullmatch(r"\d{6}", code)
    check(code)
    refusal(code)


def test_people_may_type_it_with_a_space_or_in_full_width(ask):
    code = ask()
    check(f" {code[:3]} {code[3:].translate(str.maketrans('0123456789', '０１２３４５６７８９'))} ")


def test_wrong_expired_used_never_asked_and_another_purpose_sound_the_same(ask):
    code = ask()
    said = {
        refusal(another(code)),
        refusal(code, purpose="bind"),
        refusal("123456", phone="139" + "1" * 8),
    }
    said |= {refusal(text) for text in ("", "x", "\x00", "\ud800", "1" * 5000)}
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        said.add(refusal(code))
    check(code)
    said.add(refusal(code))
    assert len(said) == 1


def test_five_wrong_ones_burn_it(ask):
    code = ask()
    for _ in range(5):
        refusal(another(code))
    refusal(code)


def test_what_is_no_code_is_no_try(ask):
    code = ask()
    for _ in range(9):
        refusal("12")
    check(code)


def test_a_newer_code_ends_the_older_one(ask):
    first = ask()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        second = ask()
        if first != second:
            refusal(first)
        check(second)


def test_one_a_minute_and_five_an_hour_for_a_phone(ask):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        ask()
        with pytest.raises(TooOftenError) as refused:
            ask()
        assert 0 < refused.value.wait_seconds <= 61
        for _ in range(4):
            clock.shift(timedelta(seconds=61))
            ask()
        clock.shift(timedelta(seconds=61))
        with pytest.raises(TooOftenError) as refused:
            ask()
        assert "分钟后" in refused.value.detail
        clock.shift(timedelta(seconds=refused.value.wait_seconds))
        ask()


def test_twenty_an_hour_for_an_address_whichever_the_phones(ask):
    for number in range(20):
        ask(phone=f"138001380{number:02d}")
    with pytest.raises(TooOftenError):
        ask(phone="13900139000")
    ask(phone="13900139000", address="203.0.113.8")


def test_a_known_phone_and_an_unknown_one_are_treated_alike(ask):
    CustomerFactory(phone=PHONE)
    ask()
    ask(phone="13900139000")
    known, unknown = Message.objects.order_by("pk")
    assert known.customer_id is unknown.customer_id is None
    assert set(known.variables) == set(unknown.variables)


def test_who_opted_out_of_messages_still_gets_the_code_they_asked_for(ask):
    OptOut.objects.create(channel=ChannelType.SMS, address=PHONE)
    check(ask())


@pytest.mark.parametrize("phone", ["", "123", "010-12345678", "\x00", "1" * 500, "电话"])
def test_what_gets_no_sms_is_refused_by_its_field(sms, phone):
    with pytest.raises(InvalidInputError) as refused:
        code_request(phone=phone, purpose="submit", address=ADDRESS)
    assert refused.value.attr == "phone"
    assert not PhoneCode.objects.exists()


# --- Secrecy --------------------------------------------------------------------------------------


def test_the_table_does_not_hold_the_code(ask):
    code = ask()
    row = PhoneCode.objects.values().get()
    assert code not in str({name: value for name, value in row.items() if name != "created_at"})


def test_operators_do_not_see_the_code_of_a_message(ask, client, admin):
    code = ask()
    client.force_login(admin)
    page = client.get(f"/admin/messaging/message/{Message.objects.get().pk}/change/")
    assert page.status_code == 200
    assert code not in page.content.decode()


def test_a_persons_data_shows_that_a_code_was_sent_and_not_which(ask, api, admin):
    customer = CustomerFactory(phone=PHONE)
    code = ask()
    shown = api(admin).get(f"/api/v1/customers/{customer.pk}/personal-data").content.decode()
    assert '"purpose":"submit"' in shown.replace(" ", "")
    assert code not in shown


def test_the_words_of_a_code_do_not_stay(ask):
    ask()
    clear_phone_codes()
    assert Message.objects.get().variables is not None
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        clear_phone_codes()
    message = Message.objects.get()
    assert message.variables is message.payload is None


def test_yesterdays_rows_are_purged(ask):
    ask()
    assert codes_forget() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        purge_phone_codes()
    assert not PhoneCode.objects.exists()


# --- When SMS is not set up -----------------------------------------------------------------------


def look():
    return next(iter(setup.look()))


def test_without_sms_people_are_told_kindly_and_operators_why(db):
    MessageTemplate.objects.all().delete()
    with pytest.raises(CodesUnavailableError) as refused:
        code_request(phone=PHONE, purpose="submit", address=ADDRESS)
    assert refused.value.detail == "暂时无法发送验证码，请联系客服"
    assert look().level is Level.ODD


def test_each_missing_part_is_named(sms_template):
    assert "短信账号" in look().sentence
    sms_template.status = "inactive"
    sms_template.save()
    assert "未启用" in look().sentence
    sms_template.options = {}
    sms_template.save()
    assert "template_type" in look().sentence


def test_a_house_in_which_all_is_set_up(sms):
    assert look().level is Level.GOOD


# --- At once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_ten_requests_at_once_one_is_sent(ask):
    acts = [ask for _ in range(10)]
    assert all_at_once(acts, foreseen=TooOftenError) == []
    assert Message.objects.count() == PhoneCode.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_right_answers_at_once_one_passes(ask):
    code = ask()
    passed = []

    def answer():
        check(code)
        passed.append(1)

    assert all_at_once([answer] * 10, foreseen=AppError) == []
    assert len(passed) == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_guesses_at_once_five_are_heard(ask):
    code = ask()
    assert all_at_once([lambda: check(another(code))] * 20, foreseen=AppError) == []
    assert PhoneCode.objects.get().tries == 5
