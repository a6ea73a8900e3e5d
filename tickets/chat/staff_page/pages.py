"""`/console/`: the shell of the chat page; its scripts fill it through the API and `/ws/console`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from customers.actors import Entry, actor_for
from customers.models import User
from tickets.board.access import staff_page
from tickets.board.pages import page_facts
from tickets.chat.visibility import supervised_by


@require_safe
@ensure_csrf_cookie
@staff_page
def chats(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # the guard lets no one else through
    actor = actor_for(request.user, Entry.CONSOLE)
    # Whoever has colleagues to look after sees them, and what they have in hand.
    is_supervisor = supervised_by(actor).exclude(pk=request.user.pk).exists()
    page = {**page_facts(request.user), "chat": {"is_supervisor": is_supervisor}}
    return render(request, "console/chat.html", {"page": page, "at": "chat"})
