"""One rule for every door: who may see which customers and tickets."""

import pytest

from config.api.roles import Role
from customers.actors import Entry
from customers.models import CustomerStatus
from customers.visibility import customers_visible_to
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor
from tickets.visibility import tickets_visible_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(lisi, wangwu, admin):
    followed = CustomerFactory(name="跟进的", follow_user=lisi)
    assigned = CustomerFactory(name="有工单的", follow_user=wangwu)
    foreign = CustomerFactory(name="别人的", follow_user=wangwu)
    TicketFactory(customer=assigned, assignee=lisi)
    TicketFactory(customer=foreign, title="别人的工单", group_chat_id="group-1")
    return {"followed": followed, "assigned": assigned, "foreign": foreign}


def names(queryset):
    return sorted(customer.name for customer in queryset)


def test_an_administrator_sees_all(world, admin):
    assert customers_visible_to(actor(admin)).count() == 3


def test_staff_see_those_bound_to_them_as_owner_or_assignee(world, lisi):
    assert names(customers_visible_to(actor(lisi))) == ["有工单的", "跟进的"]


def test_a_customer_sees_only_themselves(world):
    login = UserFactory(role=Role.CUSTOMER, customer=world["foreign"])
    assert names(customers_visible_to(actor(login))) == ["别人的"]
    assert [t.title for t in tickets_visible_to(actor(login))] == ["别人的工单"]


def test_a_login_without_a_customer_sees_nobody(world):
    assert not customers_visible_to(actor(UserFactory(role=Role.CUSTOMER))).exists()


def test_a_deleted_customer_is_seen_by_nobody(world, admin):
    world["followed"].status = CustomerStatus.DELETED
    world["followed"].save()
    assert "跟进的" not in names(customers_visible_to(actor(admin)))


def test_a_group_sees_the_tickets_whose_card_it_was_shown(world, lisi):
    in_group = actor(lisi, Entry.WECOM_GROUP, "group-1")
    assert tickets_visible_to(in_group).filter(title="别人的工单").exists()
    elsewhere = actor(lisi, Entry.WECOM_GROUP, "group-2")
    assert not tickets_visible_to(elsewhere).filter(title="别人的工单").exists()


def test_a_chat_id_that_a_json_caller_claims_opens_nothing(world, lisi):
    claimed = actor(lisi, Entry.API, "group-1")
    assert not tickets_visible_to(claimed).filter(title="别人的工单").exists()


def test_who_reported_a_ticket_sees_it(world, lisi):
    reported = TicketFactory(customer=world["foreign"], created_by=lisi)
    assert tickets_visible_to(actor(lisi)).filter(pk=reported.pk).exists()
    assert world["foreign"] not in customers_visible_to(actor(lisi))
