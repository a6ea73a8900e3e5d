"""Every address that is a page, out of the URL table, with arguments of rows that are there."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.db import models
from django.urls import reverse
from django.utils.http import urlencode

from config.models import RuntimeSetting
from customers.models import Customer, Segment
from monitoring.reports.registry import REPORTS
from tickets.models import Ticket, TicketAttachment

# What a GET of them does not show: they act, hand out a file, or send on.
NO_PAGE = frozenset(
    [
        *("admin:logout", "admin:jsi18n", "admin:autocomplete", "admin:view_on_site"),
        *("admin:messaging_messagebatch_check", "admin:tickets_intentmodel_act"),
        "admin:tickets_ticket_export",
    ]
)
ROWS = 1


def admin_pages(words: str) -> Iterator[str]:
    """Each list, also searched for `words`, and each page of the last rows."""
    for model, own in admin.site._registry.items():
        for pattern in own.get_urls():
            yield from _of(model, pattern, words)
    for name in ("index", "password_change", "password_change_done"):
        yield reverse(f"admin:{name}")
    yield reverse("admin:search") + "?" + urlencode({"s": words})
    yield reverse("reports:list")
    for report in REPORTS:
        yield reverse("reports:page", args=[report.name])
    for label in ("config", "customers", "messaging", "tickets", "wechat", "monitoring"):
        yield reverse("admin:app_list", args=[label])


def _of(model: type[models.Model], pattern: Any, words: str) -> Iterator[str]:
    name = f"admin:{pattern.name}"
    if pattern.name is None or name in NO_PAGE:
        return
    wanted = list(pattern.pattern.converters) or _groups(pattern)
    if not wanted:
        yield reverse(name)
        if name.endswith("changelist"):
            yield f"{reverse(name)}?{urlencode({'q': words})}"
        return
    for arguments in _arguments(model, name, wanted):
        yield reverse(name, args=arguments)


def _groups(pattern: Any) -> list[str]:
    regex = getattr(pattern.pattern, "regex", None)
    return list(regex.groupindex) if regex is not None else []


_OTHERS: dict[str, Callable[[], Iterator[list[Any]]]] = {
    "admin:config_runtimesetting_rollback": lambda: (
        [row.pk, "1"] for row in RuntimeSetting.objects.all()
    ),
    "admin:messaging_messagebatch_audience": lambda: ([row.pk] for row in Segment.objects.all()),
    "admin:tickets_ticket_report": lambda: ([row.pk] for row in Customer.objects.all()),
    "admin:tickets_ticket_attachment": lambda: (
        [row.ticket_id, row.pk] for row in TicketAttachment.objects.all()
    ),
    "admin:tickets_chat_file": lambda: iter(()),
}


def _arguments(model: type[models.Model], name: str, wanted: list[str]) -> Iterator[list[Any]]:
    if name in _OTHERS:
        yield from _OTHERS[name]()
        return
    assert len(wanted) == 1, f"{name}: say in `_OTHERS` what {wanted} are"
    for row in model._default_manager.order_by("-pk")[:ROWS]:
        yield [row.pk]


def staff_pages() -> Iterator[str]:
    """The colleagues' pages outside the admin."""
    yield from ("/", "/docs", "/docs?script=", "/api/schema", "/monitor/", "/sidebar/")
    yield from ("/console/", "/console/tickets/", "/console/statistics/")
    for ticket in Ticket.objects.order_by("-pk")[:ROWS]:
        yield f"/console/tickets/{ticket.pk}"
    yield from ("/sandbox/", "/sandbox/stage/", "/sandbox/phone/", "/sandbox/beside/")


def reflecting(words: str) -> Iterator[str]:
    """Addresses that say words of their caller's again, or may."""
    said = urlencode({"q": words})[2:]
    yield from (f"/console/login/?next={said}", f"/admin/login/?next={said}")
    yield from (f"/t/{said}", f"/bind/?t={said}", f"/chat/start?next={said}", f"/submit/?{said}")
    yield from (
        f"/sidebar/login?state={said}&code={said}",
        f"/sandbox/connect/oauth2/authorize?{said}",
    )
    yield from (
        f"/wechat/oauth/callback?state={said}&code={said}",
        f"/wechat/oauth/start?next={said}",
    )
    yield from (f"/nowhere/{said}", f"/api/{said}", f"/admin/{said}/", f"/chat/?{said}={said}")
    yield f"/docs?lang={said}"
    yield f"/docs?script=&lang={said}"
