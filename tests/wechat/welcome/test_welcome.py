"""A new contact is greeted: by the words of the way they came by, within 20 s, once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from config.errors import InvalidInputError
from config.events.models import OutboxEntry
from config.runtime import store
from customers.models import Customer, User
from wechat.models import Callback, ContactWay, Welcome, WelcomeStatus
from wechat.simulator.contacts import events, stock, welcomes
from wechat.simulator.contacts import models as there
from wechat.simulator.models import Delivery, Fault
from wechat.welcome import due
from wechat.welcome.sending import welcome_send
from wechat.welcome.wishes import CONTACT, LIVES, QUEUE, TASK, welcome_wish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def newcomer(corporation):
    stock.ensure()
    contact = there.Contact.objects.create(external_userid="wmNewcomer0001", name="周小姐")
    there.Follow.objects.create(contact=contact, userid="lisi", state="ch_web")
    return contact


def added(contact, *, change="add_external_contact", code=None, state="ch_web"):
    """The platform's event."""
    code = welcomes.new_code("lisi", contact.external_userid) if code is None else code
    more = {"State": state, **({"WelcomeCode": code} if code else {})}
    return events.customer(change, "lisi", contact.external_userid, **more)


def heard(contact):
    """What the customer saw."""
    rows = Delivery.objects.filter(channel="WELCOME", to=contact.external_userid)
    return [row.payload["text"]["content"] for row in rows]


def again():
    """The attempts that are due now, as the relay would start them."""
    Welcome.objects.filter(status=WelcomeStatus.PENDING).update(due_at=timezone.now())
    with transaction.atomic():
        tasks = due.start_due()
    for arguments in tasks:
        welcome_send(*arguments)
    return len(tasks)


def change_setting(**fields):
    store.change(key="wechat.welcome", value={**store.get("wechat.welcome"), **fields}, actor=None)
    store.forget_snapshot()


@pytest.mark.parametrize("change", ["add_external_contact", "add_half_external_contact"])
def test_a_new_contact_is_greeted_in_the_members_name(newcomer, tell, settle, change):
    tell(added(newcomer, change=change))
    settle()
    assert heard(newcomer) == ["您好，我是李四，很高兴为您服务。有问题直接发给我就好。"]
    welcome = Welcome.objects.get()
    assert (welcome.status, welcome.attempts, welcome.text) == ("sent", 1, heard(newcomer)[0])


def test_the_platforms_repetitions_greet_once(newcomer, tell, settle):
    event = added(newcomer)
    for _ in range(3):
        tell(event)
    settle()
    assert len(heard(newcomer)) == 1
    assert Callback.objects.count() == Welcome.objects.count() == 1


def test_a_way_has_its_own_words_with_the_customers_name(newcomer, tell, settle):
    ContactWay.objects.create(
        name="官网", state="ch_web", welcome_text="{{customer}}您好，我是{{member}}（{{company}}）"
    )
    change_setting(company="XX科技")
    tell(added(newcomer))
    settle()
    # Nobody here knew the name yet: the platform was asked.
    assert heard(newcomer) == ["周小姐您好，我是李四（XX科技）"]


def test_it_does_not_wait_behind_other_callbacks(newcomer, tell):
    tell(added(newcomer))
    (row,) = OutboxEntry.objects.filter(name=TASK)
    assert row.queue == QUEUE
    welcome_send(*row.payload)
    assert len(heard(newcomer)) == 1
    assert Callback.objects.get().finished_at is None


def test_an_event_of_an_odd_shape_is_kept_and_greets_nobody(newcomer, tell):
    change = "<ChangeType><![CDATA[add_external_contact]]></ChangeType>"
    event = added(newcomer)
    assert change in event
    tell(event.replace(change, "<ChangeType><Inner>add_external_contact</Inner></ChangeType>"))
    assert Callback.objects.get().payload["ChangeType"] == {"Inner": "add_external_contact"}
    assert not Welcome.objects.exists()


def test_without_a_code_the_console_greets(newcomer, tell, settle):
    tell(added(newcomer, code=""))
    settle()
    assert not Welcome.objects.exists()


def test_what_came_late_is_dropped(newcomer, run_outbox):
    code = welcomes.new_code("lisi", newcomer.external_userid)
    welcome_wish(
        kind=CONTACT, code=code, external_userid="wmNewcomer0001", at=timezone.now() - LIVES
    )
    run_outbox()
    assert Welcome.objects.get().status == WelcomeStatus.LATE
    assert heard(newcomer) == []


def test_a_task_that_waited_too_long_says_nothing(newcomer, tell, settle):
    tell(added(newcomer))
    Welcome.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    settle()
    assert Welcome.objects.get().status == WelcomeStatus.LATE
    assert heard(newcomer) == []


def test_a_code_that_was_used_stops_it(newcomer, tell, settle):
    Fault.objects.create(channel="WELCOME", mode="errcode", errcode=41051)
    tell(added(newcomer))
    settle()
    welcome = Welcome.objects.get()
    assert (welcome.status, welcome.attempts) == (WelcomeStatus.SKIPPED, 1)
    assert "41051" in welcome.error
    assert again() == 0


@pytest.mark.parametrize("fault", [{"errcode": 41096}, {"errcode": -1}, {"mode": "http_500"}])
def test_what_passes_is_tried_again_within_the_time(newcomer, tell, settle, fault):
    Fault.objects.create(channel="WELCOME", **{"mode": "errcode", "remaining": 1, **fault})
    tell(added(newcomer))
    settle()
    waiting = Welcome.objects.get()
    assert (waiting.status, waiting.attempts) == (WelcomeStatus.PENDING, 1)
    assert waiting.due_at < waiting.expires_at
    assert again() == 1
    assert len(heard(newcomer)) == 1
    assert Welcome.objects.get().status == WelcomeStatus.SENT


def test_an_answer_that_got_lost_is_no_second_greeting(newcomer, tell, settle):
    Fault.objects.create(channel="WELCOME", mode="timeout", seconds=0, delivered=True, remaining=1)
    tell(added(newcomer))
    settle()
    assert Welcome.objects.get().status == WelcomeStatus.PENDING
    assert again() == 1
    # 41051: our first attempt had arrived.
    assert Welcome.objects.get().status == WelcomeStatus.SENT
    assert len(heard(newcomer)) == 1


def test_a_worker_that_died_is_followed_by_another(newcomer, tell):
    tell(added(newcomer))
    welcome = Welcome.objects.get()
    Welcome.objects.update(attempts=1)
    # The broker brings the dead worker's task once more: it is not that one's turn.
    welcome_send(welcome.pk, 0)
    assert heard(newcomer) == []
    assert again() == 1
    assert len(heard(newcomer)) == 1


def test_what_is_still_refused_at_the_end_is_late(newcomer, tell, settle):
    Fault.objects.create(channel="WELCOME", mode="rate_limited")
    tell(added(newcomer))
    settle()
    Welcome.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert again() == 0
    assert Welcome.objects.get().status == WelcomeStatus.LATE


def test_a_refusal_for_good_is_kept_with_its_reason(newcomer, tell, settle):
    tell(added(newcomer, code="no-code-of-the-platform"))
    settle()
    welcome = Welcome.objects.get()
    assert welcome.status == WelcomeStatus.FAILED
    assert "41050" in welcome.error


def test_switched_off_it_says_nothing(newcomer, tell, settle):
    change_setting(enabled=False)
    tell(added(newcomer))
    settle()
    assert Welcome.objects.get().status == WelcomeStatus.SKIPPED
    assert heard(newcomer) == []


def test_an_unknown_variable_is_refused_when_it_is_set(db):
    with pytest.raises(InvalidInputError) as refusal:
        change_setting(text="你好 {{nickname}}")
    assert refusal.value.attr == "value.text"


def test_whom_it_greeted_is_forgotten_with_them(newcomer, tell, settle, api):
    tell(added(newcomer))
    settle()
    admin = User.objects.get(username="admin")
    customer = Customer.objects.get(external_userid=newcomer.external_userid)
    body = {"confirm": True, "reason": "本人要求"}
    answer = api(admin).post(f"/api/v1/customers/{customer.pk}/erase", body)
    assert answer.status_code == 200, answer.data
    assert not Welcome.objects.exists()
