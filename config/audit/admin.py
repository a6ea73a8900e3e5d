"""操作记录: who did what, of all histories, narrowed by person, kind, object and period."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from config.admin_site.read_only import ReadOnlyAdmin
from config.api.roles import Role
from config.audit.sources import Asked, Place, labels, page_of
from config.whole_number import whole_number

SIZE = 50
WORDS_LENGTH = 100


@admin.register(LogEntry)
class AuditAdmin(ReadOnlyAdmin):
    """A page in place of the rows: Django's history is one of several."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        given = request.GET
        wanted = given.get("kind", "") if given.get("kind", "") in labels() else ""
        asked = _asked(request.user, given)
        acts, following = page_of(asked, wanted=wanted, size=SIZE)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "操作记录",
            "acts": acts,
            "labels": labels(),
            "people": _people(),
            "models": _models(),
            "wanted": wanted,
            "given": {name: given.get(name, "") for name in ("person", "model", "from", "to", "q")},
            "next": _next(given, following),
            "is_first": asked.after is None,
        }
        return TemplateResponse(request, "admin/audit/page.html", context)


def _asked(user: Any, given: QueryDict) -> Asked:
    """What cannot be read narrows nothing."""
    first, last = _day(given.get("from", "")), _day(given.get("to", ""))
    return Asked(
        user=user,
        person=whole_number(given.get("person", "")),
        first=_start(first) if first else None,
        last=_start(last + dt.timedelta(days=1)) if last else None,
        after=_place(given.get("after", "")),
        words=given.get("q", "").replace("\x00", "").strip()[:WORDS_LENGTH],
        model=given.get("model", "").replace("\x00", ""),
    )


def _day(text: str) -> dt.date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and dt.date(2000, 1, 1) <= day <= dt.date(2100, 1, 1) else None


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _place(text: str) -> Place | None:
    at, _, rest = text.partition("|")
    source, _, key = rest.partition("|")
    try:
        moment = parse_datetime(at)
    except ValueError:
        return None
    number = whole_number(key)
    if moment is None or timezone.is_naive(moment) or source not in labels() or number is None:
        return None
    return Place(moment, source, number)


def _next(given: QueryDict, place: Place | None) -> str:
    if place is None:
        return ""
    query = given.copy()
    query["after"] = f"{place.at.isoformat()}|{place.source}|{place.key}"
    return f"?{query.urlencode()}"


def _people() -> list[tuple[str, str]]:
    people = get_user_model().objects.filter(~Q(role=Role.CUSTOMER)).order_by("name", "pk")
    return [(str(person.pk), str(person)) for person in people]


def _models() -> list[tuple[str, str]]:
    """The kinds of objects that the admin's own history has something about."""
    used = LogEntry.objects.order_by().values("content_type").distinct()
    found = [
        (f"{kind.app_label}.{kind.model}", str(kind.name))
        for kind in ContentType.objects.filter(pk__in=used)
        if kind.model_class() is not None
    ]
    return sorted(found, key=lambda pair: pair[1])
