"""Whatever people, programs and platforms write, no page takes it for anything but text (server side).

`tests/browser/test_stored_scripts.py` does the same where a page's own script draws.
"""

import re

import pytest
from django.contrib import admin as django_admin
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from customers.models import User
from customers.visitors.cookie import COOKIE, visitor_token
from tests.attack import addresses
from tests.attack.payloads import MARK, address, markup
from tests.attack.planting import SHAPED, ours, plant, texts_of
from tests.attack.reading import born_in
from tests.factories import actor
from tests.permissions.routes import walk
from tickets.customer_side.actions import customer_link
from tickets.models import Ticket

# Hundreds of pages.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900), pytest.mark.attacks]
BACKEND = "django.contrib.auth.backends.ModelBackend"
MODELS = sorted(django_admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture(params=[markup, address], ids=["markup", "addresses"])
def payload(request):
    return request.param


@pytest.fixture(scope="module", params=[markup, address], ids=["markup", "addresses"])
def planted(request, django_db_setup, django_db_blocker):
    """The world takes its time: each test of the module goes back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        plant(request.param)
        yield request.param
        transaction.set_rollback(True)


def browser_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def acting_in(client, pages):
    """What payloads made of these pages, and the pages that could not be shown."""
    acting, broken, shown = {}, {}, 0
    for page in pages:
        answer = client.get(page, follow=True)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(
            errors="replace"
        )
        if answer.status_code >= 500:
            broken[page] = answer.status_code
        if not answer["Content-Type"].startswith("text/html"):
            assert answer["X-Content-Type-Options"] == "nosniff", page
            continue
        shown += MARK in text
        if found := born_in(text):
            acting[page] = found[:5]
    return acting, broken, shown


def test_no_page_of_the_admin_runs_what_is_stored(planted):
    admin = User.objects.get(username="admin")
    pages = list(dict.fromkeys(addresses.admin_pages(planted(None, 0))))
    acting, broken, shown = acting_in(browser_of(admin), pages)
    assert broken == {}
    assert acting == {}, "\n".join(f"{page} {found}" for page, found in acting.items())
    assert len(pages) > 200
    assert shown > 150, "most pages show what was planted: else this proves nothing"


def test_no_page_of_the_team_runs_what_is_stored(planted):
    for username in ("admin", "lisi"):
        user = User.objects.get(username=username)
        pages = addresses.staff_pages()
        acting, broken, shown = acting_in(browser_of(user), pages)
        assert (broken, acting) == ({}, {})
        assert shown


def test_no_page_of_a_customer_runs_what_is_stored(planted):
    admin = User.objects.get(username="admin")
    shown = 0
    for ticket in Ticket.objects.order_by("-pk")[:5]:
        link = customer_link(ticket_id=ticket.pk, actor=actor(admin)).url
        acting, broken, seen = acting_in(Client(), ["/" + link.split("/", 3)[3]])
        assert (broken, acting) == ({}, {})
        shown += seen
        visitor = Client()
        visitor.cookies[COOKIE] = visitor_token(ticket.customer)
        pages = ["/chat/", "/chat/start", f"/chat/tickets/{ticket.pk}", "/submit/"]
        acting, broken, seen = acting_in(visitor, pages)
        assert (broken, acting) == ({}, {})
        shown += seen
    assert shown >= 5


def test_what_an_address_says_is_said_again_as_text(payload):
    words = payload(None, 0)
    acting, broken, _ = acting_in(Client(), addresses.reflecting(words))
    assert (broken, acting) == ({}, {})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_form_that_is_refused_shows_what_was_typed_as_text(planted, model):
    """Every field of every form holds a payload; most are no valid value, and come back."""
    client = browser_of(User.objects.get(username="admin"))
    own = django_admin.site.get_model_admin(model)
    request = client.get(reverse("admin:index")).wsgi_request
    if not own.has_add_permission(request):
        return
    place = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    page = client.get(place, follow=True).content.decode()
    names = set(re.findall(r'name="([^"]+)"', page)) - {"csrfmiddlewaretoken"}
    management = {n for n in names if n.endswith(("_FORMS",))}
    given = {name: planted(200, 0) for name in names - management}
    given |= dict.fromkeys(management, "0")
    answer = client.post(place, given, follow=True)
    assert answer.status_code < 500
    assert born_in(answer.content.decode()) == []


def test_no_answer_of_the_api_is_a_page(planted):
    """JSON is told as JSON, so that a browser which is led there reads nothing as markup."""
    admin = User.objects.get(username="admin")
    client = browser_of(admin)
    every = (route.lstrip("^").rstrip("$") for route, _ in walk(get_resolver().url_patterns))
    routes = [route for route in every if route.startswith("api/") and "<" not in route]
    assert len(routes) > 60
    for route in routes:
        answer = client.get(f"/{route}")
        assert answer.status_code < 500, route
        kind = answer["Content-Type"].partition(";")[0]
        assert kind not in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"), (
            route
        )
        assert answer["X-Content-Type-Options"] == "nosniff", route


def test_every_kind_of_text_there_is_was_planted(planted):
    """A new field of a new model is planted too, or it is named in `planting.OURS`."""
    unplanted = set()
    for model in ours():
        for field in texts_of(model):
            stored = [
                str(value)
                for value in model._default_manager.values_list(field.name, flat=True)
                if value is not None
            ]
            if not any(MARK in value or "javasc" in value or "<" in value for value in stored):
                unplanted.add(f"{model._meta.label}.{field.name}")
    assert unplanted <= SHAPED, unplanted - SHAPED
