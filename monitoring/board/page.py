"""`/monitor/`: the shell of the page; `/ws/monitor` fills it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from config import packages
from config.api.permissions import ADMINS
from config.content_policy import INLINE, also_from
from customers.models import User
from messaging.models import ChannelType, MessageStatus
from tickets.board.access import staff_page


@require_safe
@ensure_csrf_cookie
@staff_page
# Charts write their tooltips' looks into attributes.
@also_from(style_src=[INLINE])
def monitor(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # the guard lets no one else through
    context = {
        "page": page_facts(request.user),
        # Without network at the first start there is no chart library; the page shows tables then.
        "has_charts": packages.is_fetched("echarts"),
    }
    return render(request, "monitor/monitor.html", context)


def page_facts(user: User) -> dict[str, Any]:
    """The words of channels and states; single messages are for administrators, as in their API."""
    return {
        "channels": dict(ChannelType.choices),
        "statuses": dict(MessageStatus.choices),
        "may_see_messages": user.role in ADMINS,
    }
