"""People known twice are found by what the entries tell."""

import pytest

from config.events.models import OutboxEntry
from customers.actions.history import announce
from customers.actors import Entry, system_actor
from customers.merging.matching import asks_for_a_look, customer_match
from customers.models import Customer, MergeCase, MergeReason
from customers.tasks.merging import match_customer
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_a_follower_and_a_contact_of_one_unionid_are_one():
    follower = CustomerFactory(phone="", unionid="u1", name="公众号客户 1")
    contact = CustomerFactory(phone="", unionid="u1", external_userid="wm1", name="张三")
    assert customer_match(follower.pk) == contact
    assert Customer.objects.get(pk=follower.pk).merged_into == contact
    assert customer_match(follower.pk) is None
    assert customer_match(contact.pk) == contact


def test_of_two_with_other_numbers_a_person_decides():
    one = CustomerFactory(unionid="u1")
    other = CustomerFactory(unionid="u1")
    assert customer_match(one.pk) == one
    case = MergeCase.objects.get()
    assert (case.first, case.second, case.reason) == (one, other, MergeReason.UNIONID)
    assert "两位的手机号不同" in case.evidence


def test_a_number_that_nobody_proved_is_a_question():
    contact = CustomerFactory(phone="+8613900001111", external_userid="wm1")
    other = CustomerFactory(phone="+8613900001111")
    customer_match(contact.pk)
    case = MergeCase.objects.get()
    assert {case.first, case.second} == {contact, other}
    assert Customer.objects.get(pk=other.pk).merged_into is None


def test_what_the_entries_tell_is_looked_at_and_imports_are_not():
    created = {"entry": str(Entry.WECOM_SYNC)}
    assert asks_for_a_look("customer.created", created)
    assert not asks_for_a_look("customer.created", {"entry": str(Entry.IMPORT)})
    assert asks_for_a_look("customer.updated", {**created, "fields": ["unionid"]})
    assert not asks_for_a_look("customer.updated", {**created, "fields": ["name"]})


def test_the_event_finds_them_once():
    follower = CustomerFactory(phone="", unionid="u1")
    contact = CustomerFactory(phone="", unionid="u1", external_userid="wm1")
    actor = system_actor(Entry.OFFICIAL_ACCOUNT)
    announce("customer.updated", follower, actor, fields=["unionid"])
    envelope = OutboxEntry.objects.get(name="customer.updated").payload
    for _ in range(2):
        match_customer(envelope)
    assert Customer.objects.get(pk=follower.pk).merged_into == contact
