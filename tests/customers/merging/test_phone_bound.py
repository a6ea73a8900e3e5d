"""A proved phone says whom somebody is: themselves, a known customer, or a question for a person."""

import pytest
from django.utils import timezone

from config.errors import ConflictError, NotAllowedError
from config.events.models import OutboxEntry
from customers.actors import Entry, customer_actor
from customers.binding import phone_bound
from customers.merging.cases import case_dismiss
from customers.models import (
    Customer,
    CustomerEventKind,
    CustomerStatus,
    MergeCase,
    MergeReason,
    MergeStatus,
)
from tests.factories import AdminFactory, CustomerFactory, TicketFactory, actor

pytestmark = pytest.mark.django_db
PHONE = "+8613900001111"


def bound(customer: Customer, phone: str = PHONE) -> Customer:
    return phone_bound(
        customer=customer,
        phone=phone,
        actor=customer_actor(customer, Entry.OFFICIAL_ACCOUNT),
        entry="official_account",
        address="openid-1",
    )


def told() -> list[dict[str, object]]:
    return [row.payload["data"] for row in OutboxEntry.objects.filter(name="customer.bound")]


def test_nobodys_number_becomes_their_own():
    guest = CustomerFactory(phone="", name="公众号用户1")
    assert bound(guest) == guest
    guest.refresh_from_db()
    assert guest.phone == PHONE
    event = guest.events.get(kind=CustomerEventKind.BOUND)
    assert event.changes == {"phone": ["", PHONE]}
    [news] = told()
    assert (news["customer_id"], news["was_customer_id"]) == (guest.pk, guest.pk)
    assert (news["entry"], news["address"]) == ("official_account", "openid-1")


def test_the_customer_of_the_number_is_them():
    owner, guest = CustomerFactory(phone=PHONE, name="张三"), CustomerFactory(phone="")
    ticket = TicketFactory(customer=guest)
    assert bound(guest) == owner
    ticket.refresh_from_db()
    assert ticket.customer == owner
    [news] = told()
    assert (news["customer_id"], news["was_customer_id"]) == (owner.pk, guest.pk)
    assert owner.events.filter(kind=CustomerEventKind.BOUND).exists()
    assert not MergeCase.objects.exists()


def test_again_it_is_the_same_answer():
    owner, guest = CustomerFactory(phone=PHONE), CustomerFactory(phone="")
    assert [bound(guest) for _ in range(3)] == [owner] * 3
    assert owner.events.filter(kind=CustomerEventKind.MERGED).count() == 1


def test_another_number_is_not_taken():
    guest = CustomerFactory(phone="+8613800000000")
    with pytest.raises(ConflictError) as refused:
        bound(guest)
    assert refused.value.code == "phone_bound"


@pytest.mark.parametrize("whose", ["owner", "guest"])
def test_who_is_blocked_binds_nothing(whose):
    blocked = {"blocked_at": timezone.now()}
    CustomerFactory(phone=PHONE, **(blocked if whose == "owner" else {}))
    guest = CustomerFactory(phone="", **(blocked if whose == "guest" else {}))
    with pytest.raises(NotAllowedError):
        bound(guest)


def test_of_several_with_the_number_the_one_of_the_name_is_them():
    CustomerFactory(phone=PHONE, name="李四")
    owner = CustomerFactory(phone=PHONE, name="张三")
    assert bound(CustomerFactory(phone="", name="张三")) == owner


def test_of_several_others_a_person_decides_and_the_number_is_noted():
    owners = [CustomerFactory(phone=PHONE, name=name) for name in ("李四", "张三")]
    guest = CustomerFactory(phone="", name="公众号用户1")
    assert bound(guest) == guest
    guest.refresh_from_db()
    assert guest.phone == PHONE
    cases = MergeCase.objects.filter(second=guest, reason=MergeReason.PHONE)
    assert {case.first for case in cases} == set(owners)


def test_two_contacts_of_wecom_are_a_persons_question():
    owner = CustomerFactory(phone=PHONE, name="张三", external_userid="wm1")
    guest = CustomerFactory(phone="", name="张三", external_userid="wm2")
    assert bound(guest) == guest
    case = MergeCase.objects.get()
    assert (case.first, case.second, case.status) == (owner, guest, MergeStatus.OPEN)
    assert "两位各是一个企业微信外部联系人" in " ".join(case.evidence)
    guest.refresh_from_db()
    assert guest.phone == ""


def test_what_a_person_decided_a_machine_does_not_undo():
    CustomerFactory(phone=PHONE, name="张三", unionid="u1")
    guest = CustomerFactory(phone="", unionid="u2")
    bound(guest)
    case_dismiss(case_id=MergeCase.objects.get().pk, actor=actor(AdminFactory()))
    Customer.objects.filter(pk=guest.pk).update(phone="", unionid="u1")
    assert bound(Customer.objects.get(pk=guest.pk)) == guest
    assert MergeCase.objects.get().status == MergeStatus.DISMISSED


def test_a_deleted_customers_number_is_free():
    CustomerFactory(phone=PHONE, status=CustomerStatus.DELETED)
    guest = CustomerFactory(phone="")
    assert bound(guest) == guest
