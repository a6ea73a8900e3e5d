"""A customer's page: all that is known at a glance, the timeline, and what can be done at once."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms.widgets import Media, Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from unfold.admin import ModelAdmin

from config.errors import InvalidInputError
from customers.admin import profile_acts as acts
from customers.admin.actor import actor_of
from customers.admin.page_acts import act_on
from customers.admin.phone_page import mask_profile
from customers.models import Customer, CustomerStatus, Project
from customers.phone_visibility import may_reveal_phones, text_shown
from customers.projects.trail import LABELS as PROJECT_LABELS
from customers.queries.profile import customer_profile
from customers.queries.timeline import Entry as TimelineEntry
from customers.queries.timeline import customer_timeline, kinds, page_of

PAGE_SIZE = 20
LABELS = {
    field.name: str(field.verbose_name)
    for field in Customer._meta.get_fields()  # noqa: SLF001  (documented, for all its name)
    if hasattr(field, "verbose_name")
}


def _words(model: type[Model]) -> dict[str, dict[Any, str]]:
    """By field, what its choices are called."""
    fields = model._meta.fields  # noqa: SLF001  (documented, for all its name)
    return {field.name: dict(field.flatchoices) for field in fields if field.choices}


WORDS, PROJECT_WORDS = _words(Customer), _words(Project)
# The content says these better.
UNSHOWN = frozenset({"tags", "status"})


class CustomerPage(ModelAdmin):
    """Shows the page where the admin would show its form; the form is at `?edit=1`."""

    @property
    def media(self) -> Media:
        script: Any = Script("customers/profile.js", type="module")
        own = Media(css={"all": ["customers/profile.css"]}, js=[script])
        both: Media = super().media + own
        return both

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path(
                "<int:customer_id>/timeline/",
                own(self.timeline_view),
                name="customers_customer_timeline",
            ),
            path("<int:customer_id>/act/", own(self.act_view), name="customers_customer_act"),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if change and obj is not None and request.method == "GET" and "edit" not in request.GET:
            context |= self._page(request, obj)
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page

    def timeline_view(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """A further piece of the timeline, for the page's script to put in."""
        customer = self._customer(request, customer_id)
        context = self._timeline(request, customer)
        return TemplateResponse(request, "admin/customers/customer/_timeline.html", context)

    def act_view(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """POST alone acts; the answer is the page, with what was done or refused above it."""
        customer = self._customer(request, customer_id)
        if not self.has_change_permission(request, customer):
            raise PermissionDenied
        act = acts.ACTS.get(request.POST.get("act", ""))
        page = redirect("admin:customers_customer_change", customer.pk)
        if request.method != "POST" or act is None:
            return page
        act_on(customer, act, request, actor_of(request))
        return page

    def _customer(self, request: HttpRequest, customer_id: int) -> Customer:
        """Only one of this operator's view, and one that a bigint can name."""
        if customer_id >= 2**63:
            raise Http404
        found: Customer = get_object_or_404(
            self.get_queryset(request).select_related("follow_user"), pk=customer_id
        )
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return found

    def _page(self, request: HttpRequest, customer: Customer) -> dict[str, Any]:
        profile = customer_profile(customer, actor_of(request))
        _with_moments(profile)
        carried = {tag["id"] for tag in profile["tags"]}
        warning = profile["risk"]["warning"]
        mask_profile(profile, request.user)
        return {
            "title": customer.name,
            "customer": customer,
            "profile": profile,
            "is_lost": customer.status == CustomerStatus.LOST,
            "may_act": self.has_change_permission(request, customer),
            "may_reveal": bool(customer.phone) and may_reveal_phones(request.user),
            "tag_choices": acts.tags_without(carried),
            "follow_up_form": acts.FollowUpForm(),
            "assign_form": acts.AssignForm(initial={"to_user": customer.follow_user_id}),
            "block_form": acts.BlockForm(),
            "settle_form": acts.SettleForm(initial={"warning": warning["id"]}) if warning else None,
            "links": {kind: _may_open(request, kind) for kind in kinds()},
            **self._timeline(request, customer),
        }

    def _timeline(self, request: HttpRequest, customer: Customer) -> dict[str, Any]:
        wanted = request.GET.get("kind", "")
        try:
            entries, next_cursor = customer_timeline(
                customer.pk,
                actor_of(request),
                size=PAGE_SIZE,
                cursor=request.GET.get("cursor", ""),
                wanted=[wanted] if wanted else [],
            )
        except InvalidInputError as error:
            # An old or foreign link: from the top, all kinds.
            messages.warning(request, error.detail)
            entries, next_cursor = customer_timeline(customer.pk, actor_of(request), size=PAGE_SIZE)
            wanted = ""
        return {
            "customer": customer,
            "entries": [_shown(request, entry) for entry in entries],
            "next_cursor": next_cursor,
            "kinds": kinds(),
            "wanted": wanted,
        }


def _shown(request: HttpRequest, entry: TimelineEntry) -> dict[str, Any]:
    item = entry.item
    labels = PROJECT_LABELS if entry.kind == "project" else LABELS
    words = PROJECT_WORDS if entry.kind == "project" else WORDS
    changes = item.data.get("changes") or {}
    return {
        "kind": entry.kind,
        "kind_name": kinds()[entry.kind],
        "item": item,
        "by": " · ".join(dict.fromkeys(part for part in (item.actor, item.entry) if part)),
        "next_at": _moment(item.data.get("next_at")),
        "changes": [
            (
                labels.get(name, name),
                *(text_shown(_text(value, words.get(name, {})), request.user) for value in pair),
            )
            for name, pair in changes.items()
            if name not in UNSHOWN and isinstance(pair, list) and len(pair) == 2
        ],
        "url": _url(request, entry.kind, item.ref_id),
    }


def _url(request: HttpRequest, kind: str, ref_id: int | None) -> str:
    """Where one may look at it; empty where there is no page, or not for this operator."""
    if ref_id is None or not _may_open(request, kind):
        return ""
    try:
        return reverse(f"admin:{page_of(kind)}_change", args=[ref_id])
    except NoReverseMatch:
        return ""


def _may_open(request: HttpRequest, kind: str) -> bool:
    app, _, model = page_of(kind).partition("_")
    return bool(model) and request.user.has_perm(f"{app}.view_{model}")


def _text(value: Any, words: dict[Any, str]) -> str:
    """The value as people say it: a choice by its label."""
    if value in (None, "", [], {}):
        return "—"
    return words.get(value, str(value)) if isinstance(value, str | int) else str(value)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _with_moments(part: Any) -> None:
    """Times of the profile, which are text there, as times again for the template's filters."""
    if isinstance(part, list):
        for each in part:
            _with_moments(each)
    elif isinstance(part, dict):
        for name, value in part.items():
            is_time = name == "at" or name.endswith("_at") or name in ("add_time", "deadline")
            if is_time and isinstance(value, str):
                part[name] = _moment(value)
            elif name != "custom":
                _with_moments(value)
