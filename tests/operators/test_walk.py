"""Every page of the admin opens, says what it says in Chinese, and survives odd addresses."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin as django_admin
from django.urls import reverse
from django.utils.module_loading import import_string

from tests.operators.pages import foreign_words
from tests.operators.world import everything

pytestmark = pytest.mark.django_db
MODELS = sorted(django_admin.site._registry, key=lambda model: model._meta.label)
# Words that the world's rows have in them: data, not labels.
DATA = frozenset(
    [
        "lisi",
        "admin",
        "wangwu",
        "zhangsan",
        "bot",
        "mp",
        "aibot",
        "wecom",
        "api",
        "environment",
        "held",
        "train",
        "text",
        "intent",
        "split",
        "title",
        "content",
        "name",
        "number",
        "status",
        "cret",
        "gned",
        "oken",
        "base",
        "url",
    ]
)
ODD = (
    "q=%00",
    "q=" + "9" * 40,
    "p=abc",
    "p=-1",
    "p=99999999999999999999",
    "o=zz",
    "o=999",
    "o=-",
    "id__exact=%00",
    "id__exact=99999999999999999999999",
    "id__exact=x",
    "nonsense__exact=%00",
    "status__exact=%00",
    "status=%00&tag=%00&assignee=%00&person=%00&kind=%00&from=%00&after=%00",
    "created_at__year=abc",
    "created_at__year=0&created_at__month=13",
    "created_at_from=9999-99-99&created_at_to=%00",
    "e=1&q=%00",
    "all=",
    "_popup=1&_to_field=zz",
    "after=2026-01-01T00:00:00%2B08:00|admin|x&person=999999999999999999999",
    "days=%00",
)


@pytest.fixture
def operator(client, admin):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(model, page, *args):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=args)


def pages_of(model, request):
    own = django_admin.site.get_model_admin(model)
    pages = [address(model, "changelist")]
    if own.has_add_permission(request):
        pages.append(address(model, "add"))
    for row in model._default_manager.order_by("-pk")[:2]:
        pages += [address(model, "change", row.pk), address(model, "history", row.pk)]
    return pages


def test_lists_forms_and_pages_open_in_chinese(client, admin):
    everything()
    # The demo data has given the administrator a password of its own.
    admin.refresh_from_db()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    operator = client
    request = operator.get(reverse("admin:index")).wsgi_request
    foreign, broken = {}, []
    pages = [page for model in MODELS for page in pages_of(model, request)]
    for page in [reverse("admin:index"), *pages]:
        answer = operator.get(page, follow=True)
        if answer.status_code != 200:
            broken.append(page)
        elif "/runtimesetting/" in page:
            # Keys and values as they are; what is said of them has a test of its own.
            continue
        elif words := foreign_words(answer.content.decode(), DATA):
            foreign[page] = words
    assert broken == []
    assert foreign == {}, "\n".join(f"{page} {words}" for page, words in foreign.items())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_address_of_a_list_is_an_error(operator, model):
    page = address(model, "changelist")
    for query in ODD:
        answer = operator.get(f"{page}?{query}", follow=True)
        assert answer.status_code in (200, 400, 403, 404), f"{page}?{query}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_key_of_a_page_is_an_error(operator, model):
    for key in ("abc", "0", "9" * 30, "-1", "%00", "a%2Fb"):
        for page in ("change", "history", "delete"):
            place = address(model, page, "KEY").replace("KEY", key)
            assert operator.get(place, follow=True).status_code < 500, place


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_ticked_rows_that_are_none_are_told_so(operator, model):
    for action in ("delete_selected", "nonsense", *_actions(operator, model)):
        for picked in ("abc", "9" * 30, "\x00"):
            given = {"action": action, "_selected_action": [picked], "confirmed": "1"}
            answer = operator.post(address(model, "changelist"), given, follow=True)
            assert answer.status_code < 500, (action, picked)


def _actions(operator, model):
    request = operator.get(reverse("admin:index")).wsgi_request
    return list(django_admin.site.get_model_admin(model).get_actions(request))


def test_the_search_over_the_navigation_finds_pages_and_survives_odd_words(operator, lisi, client):
    place = reverse("admin:search")
    assert "标签组" in operator.get(place, {"s": "标签"}).content.decode()
    assert "没有这样的页面" in operator.get(place, {"s": "没有的东西"}).content.decode()
    for query in ("s=%00", "s=a&page=abc", "s=a&page=99", "extended=1&s=x", ""):
        assert operator.get(f"{place}?{query}").status_code == 200
    lisi.is_staff = True
    lisi.save()
    client.force_login(lisi, backend="django.contrib.auth.backends.ModelBackend")
    assert "API 密钥" not in client.get(place, {"s": "密钥"}).content.decode()


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_words_of_theme_and_scripts_are_compiled_as_they_are_written(domain):
    folder = Path(settings.LOCALE_PATHS[0]) / "zh_Hans/LC_MESSAGES"
    written = dict(
        re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / f"{domain}.po").read_text(), re.M)
    )
    written = {word.replace('\\"', '"'): said.replace('\\"', '"') for word, said in written.items()}
    with (folder / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert written
    assert {word: compiled.gettext(word) for word in written} == written


def test_the_cards_and_badges_are_known():
    assert import_string(settings.UNFOLD["DASHBOARD_CALLBACK"])
    assert import_string(settings.UNFOLD["SIDEBAR"]["navigation"])
