"""The shells of the staff pages; their scripts fill them through the API."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from customers.actors import Entry, actor_for
from customers.models import User
from customers.queries.staff import team_members
from tickets import states
from tickets.board.access import staff_page
from tickets.board.columns import FOLDED
from tickets.models import EventKind, LinkKind, Priority, SlaState
from tickets.states import TicketStatus
from tickets.visibility import tickets_visible_to


@require_safe
@ensure_csrf_cookie
@staff_page
def board(request: HttpRequest) -> HttpResponse:
    return render(request, "console/board.html", {"page": page_facts(request.user), "at": "board"})


@require_safe
@ensure_csrf_cookie
@staff_page
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)  # the guard lets no one else through
    visible = tickets_visible_to(actor_for(request.user, Entry.CONSOLE))
    found = get_object_or_404(visible, pk=pk)
    page = {**page_facts(request.user), "ticket_id": found.pk}
    return render(request, "console/ticket.html", {"page": page, "ticket": found})


def page_facts(user: Any) -> dict[str, Any]:
    """What the scripts have to know: who asks, the words of the choices, and the table of moves."""
    return {
        "me": _person(user),
        "staff": [_person(one) for one in team_members().order_by("name", "username")],
        "states": [
            {
                "value": status.value,
                "label": str(status.label),
                "is_open": status in states.OPEN,
                "is_folded": status in FOLDED,
                "needs_assignee": status in states.NEEDS_ASSIGNEE,
                "moves": [to.value for to in TicketStatus if states.is_allowed(status, to)],
            }
            for status in TicketStatus
        ],
        "priorities": _choices(Priority),
        "sla_states": _choices(SlaState),
        "link_kinds": _choices(LinkKind),
        "event_kinds": _choices(EventKind),
        "entries": _choices(Entry),
    }


def _person(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.display_name,
        "account": user.wecom_user_id or user.username,
    }


def _choices(choices: Any) -> list[dict[str, str]]:
    return [{"value": one.value, "label": str(one.label)} for one in choices]
