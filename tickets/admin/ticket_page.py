"""A ticket's page in the admin: what hangs on it, and what can be done at once."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Media, Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from config.errors import NotFoundError
from customers.admin.actor import actor_of
from customers.admin.page_acts import act_on
from tickets.admin import ticket_acts as acts
from tickets.history.times import times_of
from tickets.models import Ticket, TicketEvent
from tickets.queries.links import links_of
from tickets.queries.watchers import watchers_of
from tickets.relations.attachments import attachment_response, attachments_of, find_attachment
from tickets.sla.notices import words_of
from tickets.states import label as states_label


class TicketPage(ModelAdmin):
    """Around the form: the acts above it, files, links, watchers and ratings below."""

    change_form_template = "admin/tickets/ticket/change_form.html"

    @property
    def media(self) -> Media:
        # The customers' page has the same cards and dialogs.
        script: Any = Script("customers/profile.js", type="module")
        own = Media(css={"all": ["customers/profile.css"]}, js=[script])
        both: Media = super().media + own
        return both

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path("<int:ticket_id>/act/", own(self.act_view), name="tickets_ticket_act"),
            path(
                "<int:ticket_id>/attachments/<int:attachment_id>/",
                own(self.attachment_view),
                name="tickets_ticket_attachment",
            ),
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
        if change and obj is not None:
            context |= self._page(request, obj)
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page

    def act_view(self, request: HttpRequest, ticket_id: int) -> HttpResponse:
        """POST alone acts; the answer is the page, with what was done or refused above it."""
        ticket = self._ticket(request, ticket_id)
        if not self.has_change_permission(request, ticket):
            raise PermissionDenied
        act = acts.ACTS.get(request.POST.get("act", ""))
        page = redirect("admin:tickets_ticket_change", ticket.pk)
        if request.method != "POST" or act is None:
            return page
        done = act_on(ticket, act, request, actor_of(request))
        if isinstance(done, TicketEvent) and "not_told" in done.changes:
            messages.warning(request, f"{done.changes['not_told'][1]} 看不到这个工单，未提醒")
        return page

    def attachment_view(
        self, request: HttpRequest, ticket_id: int, attachment_id: int
    ) -> HttpResponse:
        ticket = self._ticket(request, ticket_id)
        if attachment_id >= 2**63:
            raise Http404
        try:
            found = find_attachment(ticket, attachment_id, actor_of(request))
            return attachment_response(found)  # type: ignore[return-value]
        except NotFoundError as error:
            raise Http404(error.detail) from None

    def _ticket(self, request: HttpRequest, ticket_id: int) -> Ticket:
        """Only one of this operator's view, and one that a bigint can name."""
        if ticket_id >= 2**63:
            raise Http404
        found: Ticket = get_object_or_404(self.get_queryset(request), pk=ticket_id)
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return found

    def _page(self, request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
        actor = actor_of(request)
        watchers = list(watchers_of(ticket))
        return {
            "ticket": ticket,
            "may_act": self.has_change_permission(request, ticket),
            "is_watching": request.user in watchers,
            "watchers": watchers,
            "links": links_of(ticket, actor),
            "attachments": attachments_of(ticket, actor),
            "merged": ticket.merged.order_by("pk"),
            "ratings": ticket.ratings.select_related("assignee").order_by("-cycle"),
            "times": _times(ticket),
            # Ids of their own: the page has a form with such fields already.
            "reply_form": acts.ReplyForm(auto_id="reply_%s"),
            "wait_form": acts.ReasonForm(auto_id="wait_%s"),
            "reopen_form": acts.ReasonForm(auto_id="reopen_%s"),
            "merge_form": acts.MergeForm(auto_id="merge_%s"),
            "link_form": acts.LinkForm(auto_id="link_%s"),
            "watcher_form": acts.WatcherForm(auto_id="watch_%s"),
            "upload_form": acts.UploadForm(auto_id="upload_%s"),
        }


def _times(ticket: Ticket) -> dict[str, Any]:
    """How long it took, in words; the states in which it has been longest first."""
    times = times_of(ticket)
    longest = sorted(times.in_states.items(), key=lambda item: -item[1])
    states = [(f"{states_label(state)}共", _lasted(seconds)) for state, seconds in longest]
    if times.waiting_seconds:
        states.append(("等待客户共", _lasted(times.waiting_seconds)))
    return {
        "response": _lasted(times.to_response_seconds),
        "resolution": _lasted(times.to_resolution_seconds),
        "states": states,
    }


def _lasted(seconds: float | None) -> str:
    """Empty for what has not come."""
    return "" if seconds is None else words_of(timedelta(seconds=seconds))
