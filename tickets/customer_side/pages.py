"""The page behind the card's "安全链接": one ticket, read without a login (contract.md §4)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tickets.customer_side.links import opened
from tickets.models import Ticket, Visibility


@require_safe
@never_cache
def ticket_page(request: HttpRequest, token: str) -> HttpResponse:
    """A forged, altered or expired link is a 404, like one that never was."""
    link = opened(token)
    if link is None:
        raise Http404
    ticket = get_object_or_404(
        Ticket.objects.select_related("customer", "assignee"),
        pk=link.ticket_id,
        link_epoch=link.epoch,
    )
    events = ticket.events.filter(visibility=Visibility.PUBLIC).order_by("sequence")
    response = render(request, "tickets/ticket.html", {"ticket": ticket, "events": events})
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
