"""Phones are masked on the team's screens for those who need not see them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from customers.permission_groups.registry import StaffGroup
from customers.phone_visibility import address_shown, masked_in
from messaging.models import OptOut
from messaging.sending.accept import NewMessage, message_accept
from tests.factories import CustomerFactory, UserFactory
from tests.operators.people import client_of, member

pytestmark = pytest.mark.django_db
LIST = reverse("admin:customers_customer_changelist")
PHONE = "13800138000"


@pytest.fixture
def customer(db):
    return CustomerFactory(name="张三", phone=f"+86{PHONE}")


def pages(customer):
    message = message_accept(
        NewMessage(
            channel="SMS", recipient=customer.phone, payload={"content": f"您的号码 {PHONE}"}
        )
    )
    optout = OptOut.objects.create(channel="SMS", address=customer.phone)
    return [
        LIST,
        reverse("admin:customers_customer_change", args=[customer.pk]),
        reverse("admin:customers_customer_change", args=[customer.pk]) + "?edit=1",
        reverse("admin:messaging_message_changelist"),
        reverse("admin:messaging_message_change", args=[message.pk]),
        reverse("admin:messaging_optout_changelist"),
        reverse("admin:messaging_optout_change", args=[optout.pk]),
    ]


@pytest.mark.parametrize(
    ("group", "sees"),
    [(StaffGroup.OPERATIONS, False), (StaffGroup.READER, False), (StaffGroup.ADMINISTRATOR, True)],
)
def test_lists_and_pages_show_a_number_to_those_who_may_see_it(customer, group, sees):
    client = client_of(member(group))
    for place in pages(customer):
        text = client.get(place).content.decode()
        assert (PHONE in text) == sees, place
        assert ("138****8000" in text) != sees, place


def test_the_whole_number_still_finds_the_customer(customer):
    CustomerFactory(name="李四", phone="+8613900139000")
    client = client_of(member(StaffGroup.READER))
    found = client.get(LIST, {"q": PHONE}).context["cl"].result_list
    assert [row.name for row in found] == ["张三"]


def test_one_number_is_shown_on_demand_and_the_asking_is_remembered(customer):
    user = member(StaffGroup.OPERATIONS)
    client, place = client_of(user), reverse("admin:customers_customer_phone", args=[customer.pk])
    page = client.get(reverse("admin:customers_customer_change", args=[customer.pk]))
    assert place in page.content.decode()
    assert PHONE not in client.get(place, follow=True).content.decode()
    assert not LogEntry.objects.exists()
    answer = client.post(place)
    assert PHONE in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (user, str(customer.pk))
    assert entry.get_change_message() == "查看手机号"
    assert client_of(member(StaffGroup.READER)).post(place).status_code == 403


def test_who_may_not_see_a_number_does_not_overwrite_it_either(customer):
    user = member(StaffGroup.READER)
    from django.contrib.auth.models import Permission

    user.user_permissions.add(Permission.objects.get(codename="change_customer"))
    form = (
        client_of(user)
        .get(reverse("admin:customers_customer_change", args=[customer.pk]), {"edit": "1"})
        .context["adminform"]
        .form
    )
    assert "phone" not in form.fields
    assert "company" in form.fields


def test_the_api_keeps_its_word_to_those_with_a_right_to_the_customer(customer, api):
    customer.follow_user = UserFactory()
    customer.save()
    shown = api(customer.follow_user).get(f"/api/v1/customers/{customer.pk}").json()
    assert shown["phone"] == PHONE


def test_addresses_and_texts_are_masked_where_they_name_a_person(lisi):
    nobody = UserFactory(role="customer")
    assert address_shown("+8613800138000", nobody) == "138****8000"
    assert address_shown("zhang@example.com", nobody) == "z***@example.com"
    assert address_shown("group-7", nobody) == "group-7"
    assert address_shown("+8613800138000", lisi) == "+8613800138000"
    assert (
        masked_in("请回电 13800138000，工单 2026112700001234")
        == "请回电 138****8000，工单 2026112700001234"
    )
