"""Finding a customer, or making one, from what a colleague typed."""

import pytest

from config.errors import InvalidInputError
from config.events.models import OutboxEntry
from customers.actions.customers import AmbiguousCustomerError, customer_find_or_create
from customers.models import Customer, CustomerStatus
from tests.at_once import all_at_once
from tests.factories import AdminFactory, CustomerFactory, UserFactory, actor

pytestmark = pytest.mark.django_db


def test_a_new_customer_belongs_to_who_reported_it(lisi):
    customer, made = customer_find_or_create(
        name="张三", phone="138 0013 8000", company="XX科技", actor=actor(lisi)
    )
    assert made
    assert (customer.phone, customer.company) == ("+8613800138000", "XX科技")
    assert customer.follow_user == lisi
    assert OutboxEntry.objects.get().name == "customer.created"


def test_the_same_name_and_phone_are_one_customer_whoever_asks(lisi, wangwu):
    first, _ = customer_find_or_create(name="张三", phone="13800138000", actor=actor(lisi))
    again, made = customer_find_or_create(name="张三", phone="+86 13800138000", actor=actor(wangwu))
    assert again == first
    assert not made


def test_another_name_on_a_known_phone_is_another_customer(lisi):
    customer_find_or_create(name="张三", phone="13800138000", actor=actor(lisi))
    _, made = customer_find_or_create(name="李太太", phone="13800138000", actor=actor(lisi))
    assert made


def test_a_known_name_without_a_number_takes_the_given_one(lisi):
    nameless = CustomerFactory(name="张三", phone="", follow_user=lisi)
    customer, made = customer_find_or_create(name="张三", phone="13800138000", actor=actor(lisi))
    assert customer == nameless
    assert not made
    nameless.refresh_from_db()
    assert nameless.phone == "+8613800138000"


def test_a_name_alone_finds_the_one_that_the_asker_may_see(lisi, wangwu):
    own = CustomerFactory(name="张三", follow_user=lisi)
    CustomerFactory(name="张三", follow_user=wangwu)
    customer, _ = customer_find_or_create(name="张三", actor=actor(lisi))
    assert customer == own


def test_two_visible_customers_of_one_name_are_a_question(lisi):
    CustomerFactory(name="张三", phone="+8613800138000", follow_user=lisi, company="甲公司")
    CustomerFactory(name="张三", phone="+8613900139000", follow_user=lisi, company="乙公司")
    with pytest.raises(AmbiguousCustomerError) as question:
        customer_find_or_create(name="张三", actor=actor(lisi))
    assert [c.masked_phone for c in question.value.candidates] == ["138****8000", "139****9000"]


def test_a_colleagues_customer_is_neither_shown_nor_doubled(lisi, wangwu):
    CustomerFactory(name="张三", follow_user=wangwu)
    with pytest.raises(AmbiguousCustomerError) as question:
        customer_find_or_create(name="张三", actor=actor(lisi))
    assert question.value.candidates == []
    assert Customer.objects.count() == 1


def test_a_deleted_customer_is_not_found_again(lisi):
    gone = CustomerFactory(name="张三", phone="+8613800138000", status=CustomerStatus.DELETED)
    customer, made = customer_find_or_create(name="张三", phone="13800138000", actor=actor(lisi))
    assert made
    assert customer != gone


@pytest.mark.parametrize("name", ["", "  ", "张" * 101])
def test_a_bad_name_is_refused(name):
    with pytest.raises(InvalidInputError):
        customer_find_or_create(name=name, actor=actor(AdminFactory()))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", ["", "13800138000"])
def test_ten_colleagues_reporting_one_new_customer_at_once_make_one(phone):
    reporter = actor(AdminFactory())

    def report() -> None:
        customer_find_or_create(name="新客户", phone=phone, actor=reporter)

    assert all_at_once([report] * 10) == []
    assert Customer.objects.filter(name="新客户").count() == 1


def test_staff_switched_off_are_not_team(db):
    gone = UserFactory(is_active=False)
    assert not gone.is_team_member
