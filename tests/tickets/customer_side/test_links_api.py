"""`/api/tickets/{id}/secure-link`: a link to send by hand, and taking all of them back."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories import CustomerFactory, TicketFactory, actor
from tickets import actions
from tickets.customer_side.links import Audience, opened, ticket_url
from tickets.models import EventKind

pytestmark = pytest.mark.django_db


def address_in(url):
    return "/t/" + url.rpartition("/")[2]


def test_staff_get_the_customers_link(api, lisi, client):
    ticket = TicketFactory(assignee=lisi)
    answer = api(lisi).post(f"/api/tickets/{ticket.pk}/secure-link")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    body = answer.json()
    assert set(body) == {"url", "expires_at"}
    left = datetime.fromisoformat(body["expires_at"]) - timezone.now()
    assert timedelta(hours=71) < left <= timedelta(hours=72)
    assert opened(body["url"].rpartition("/")[2]).audience is Audience.CUSTOMER
    assert "data-reply-form" in client.get(address_in(body["url"])).content.decode()


def test_revoking_takes_all_links_back_and_is_in_the_trail(api, lisi, client):
    ticket = TicketFactory(assignee=lisi)
    links = [ticket_url(ticket, audience) for audience in Audience]
    answer = api(lisi).post(f"/api/tickets/{ticket.pk}/secure-link/revoke")
    assert answer.json() == {"id": ticket.pk, "link_epoch": 2}
    assert {client.get(address_in(link)).status_code for link in links} == {404}
    event = ticket.events.get()
    assert (event.kind, event.visibility) == (EventKind.EDITED, "internal")
    assert event.changes == {"link_epoch": [1, 2]}


def test_who_made_a_customers_link_is_in_the_trail(api, lisi):
    """Whoever has it rates as the customer does."""
    ticket = TicketFactory(assignee=lisi)
    api(lisi).post(f"/api/tickets/{ticket.pk}/secure-link")
    event = ticket.events.get()
    assert (event.kind, event.visibility) == (EventKind.LINKED, "internal")
    assert (event.content, event.actor) == ("已生成客户链接", lisi)


def test_a_revoked_ticket_is_not_reached_through_one_merged_into_it(api, admin, client):
    customer = CustomerFactory()
    oldest, older, ticket = [TicketFactory(customer=customer) for _ in range(3)]
    for pair in ((oldest, older), (older, ticket)):
        actions.ticket_merge(ticket_id=pair[0].pk, into_id=pair[1].pk, actor=actor(admin))
    links = [ticket_url(one, Audience.CUSTOMER) for one in (oldest, older, ticket)]
    assert {client.get(address_in(link)).status_code for link in links} == {200}
    api(admin).post(f"/api/tickets/{ticket.pk}/secure-link/revoke")
    assert {client.get(address_in(link)).status_code for link in links} == {404}


def test_what_one_does_not_see_has_no_link(api, lisi):
    ticket = TicketFactory()
    for path in ("secure-link", "secure-link/revoke"):
        assert api(lisi).post(f"/api/tickets/{ticket.pk}/{path}").status_code == 404
