"""`/console/statistics/`: the shell of the page; its scripts ask the API for the figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from tickets.board.access import staff_page
from tickets.board.pages import page_facts


@require_safe
@ensure_csrf_cookie
@staff_page
def statistics(request: HttpRequest) -> HttpResponse:
    context = {"page": page_facts(request.user), "at": "chat-statistics"}
    return render(request, "console/chat_statistics.html", context)
