"""Operators give the customer's link, and take all links back, on one page of the admin."""

import pytest
from django.urls import reverse

from tests.factories import TicketFactory
from tickets.customer_side.links import Audience, ticket_url

pytestmark = pytest.mark.django_db


def test_the_customers_link_is_made_on_request(client, admin):
    client.force_login(admin)
    ticket = TicketFactory()
    address = f"/admin/tickets/ticket/{ticket.pk}/links/"
    assert "/t/" not in client.get(address).content.decode()
    page = client.post(address, {"make": "1"}).content.decode()
    token = page.split("/t/")[1].split('"')[0]
    assert "data-reply-form" in client.get(f"/t/{token}").content.decode()


def test_links_are_revoked_there_by_post_alone(client, admin):
    client.force_login(admin)
    ticket = TicketFactory()
    link = "/t/" + ticket_url(ticket, Audience.GROUP).rpartition("/")[2]
    address = f"/admin/tickets/ticket/{ticket.pk}/links/"
    client.get(address, {"revoke": "1"})
    assert client.get(link).status_code == 200
    page = client.post(address, {"revoke": "1"}, follow=True)
    assert "已失效" in page.content.decode()
    assert client.get(link).status_code == 404


def test_the_tickets_page_leads_there(client, admin):
    client.force_login(admin)
    ticket = TicketFactory()
    page = client.get(f"/admin/tickets/ticket/{ticket.pk}/change/").content.decode()
    assert "安全链接与客户链接" in page


def test_what_one_does_not_see_has_no_such_page(client, lisi):
    lisi.is_staff = True
    lisi.save()
    client.force_login(lisi)
    assert client.get(f"/admin/tickets/ticket/{TicketFactory().pk}/links/").status_code == 404


@pytest.mark.parametrize("page", ["open-link", "secure-links"])
@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "x"])
def test_the_buttons_of_a_ticket_that_is_not_there_lead_nowhere(client, admin, page, pk):
    client.force_login(admin)
    address = reverse(f"admin:tickets_ticket_{page.replace('-', '_')}", args=[pk])
    assert client.get(address, follow=True).status_code == 404


def test_the_button_opens_nobody_elses_ticket(client, lisi):
    lisi.is_staff = True
    lisi.save()
    client.force_login(lisi)
    address = reverse("admin:tickets_ticket_open_link", args=[TicketFactory().pk])
    assert client.get(address).status_code == 404
