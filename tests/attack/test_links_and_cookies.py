"""Links and cookies that stand for a login: nobody makes one, and what is wrong with one is not told."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.visitors.cookie import COOKIE, visitor_of, visitor_token
from tests.factories import CustomerFactory, TicketFactory, actor
from tickets.customer_side.actions import links_revoke
from tickets.customer_side.links import Audience, opened, token_of

pytestmark = pytest.mark.django_db
ANY = settings(
    max_examples=300, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def ticket():
    return TicketFactory()


@pytest.fixture
def token(ticket):
    return token_of(ticket, Audience.CUSTOMER)


@ANY
@given(
    place=st.integers(0, 31),
    letter=st.sampled_from([*LETTERS, "=", "+", "/", "%", " ", "é", "\x00"]),
)
def test_no_letter_of_a_link_may_be_another(token, place, letter):
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or opened(changed) is None


@ANY
@given(st.text(alphabet=LETTERS, min_size=32, max_size=32))
def test_nobody_guesses_a_link(token, guess):
    assert opened(guess) is None


@ANY
@given(st.text(max_size=40))
def test_any_text_is_no_link(text):
    assert opened(text) is None


def test_a_link_is_written_in_one_way_only(token):
    for other in (token + "=", token + "\n", f" {token}", token.swapcase(), token[:-1], token * 2):
        assert opened(other) is None


def test_the_groups_link_does_not_become_the_customers(ticket):
    """Whatever is cut out of the one and put into the other."""
    mine, theirs = (token_of(ticket, audience) for audience in (Audience.CUSTOMER, Audience.GROUP))
    for start in range(32):
        for end in range(start, 33):
            mixed = theirs[:start] + mine[start:end] + theirs[end:]
            assert mixed in (mine, theirs) or opened(mixed) is None


def test_forged_expired_revoked_and_of_nothing_sound_the_same(client, ticket, token, admin):
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        expired = client.get(f"/t/{token}")
    gone = TicketFactory()
    of_nothing = token_of(gone, Audience.CUSTOMER)
    gone.delete()
    links_revoke(ticket_id=ticket.pk, actor=actor(admin))
    pages = [
        expired,
        client.get(f"/t/{token}"),
        client.get(f"/t/{of_nothing}"),
        client.get(f"/t/{'A' * 32}"),
        client.get("/t/x"),
    ]
    assert {page.status_code for page in pages} == {pages[0].status_code}
    assert pages[0].status_code in (403, 404, 410)
    assert len({page.content for page in pages}) == 1


@ANY
@given(place=st.integers(0, 200), letter=st.sampled_from([*LETTERS, ":", ".", "=", "é"]))
def test_no_letter_of_a_visitors_cookie_may_be_another(place, letter):
    customer = CustomerFactory.build(pk=1)
    cookie = visitor_token(customer)
    place %= len(cookie)
    changed = cookie[:place] + letter + cookie[place + 1 :]
    if changed != cookie:
        assert visitor_of({COOKIE: changed}) is None


def test_a_cookie_signed_for_something_else_is_no_visitors():
    customer = CustomerFactory()
    assert visitor_of({COOKIE: visitor_token(customer)}) == customer
    for other in (
        signing.dumps(customer.pk),
        signing.dumps(customer.pk, salt="customers.visitors"),
        signing.dumps(customer.pk, key="x" * 50, salt="customers.visitor"),
        signing.dumps(str(customer.pk), salt="customers.visitor"),
        signing.dumps({"pk__gte": 0}, salt="customers.visitor"),
        signing.dumps([customer.pk], salt="customers.visitor"),
        "1", "", ":", "::", "a:b:c",
    ):  # fmt: skip
        assert visitor_of({COOKIE: other}) is None
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert visitor_of({COOKIE: "x"}) is None
    old = visitor_token(customer)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert visitor_of({COOKIE: old}) is None
