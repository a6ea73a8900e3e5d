"""What the first page shows to the one who opens it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from config.dashboard.cards import Card, Content, cards_for, links
from config.dashboard.trend import Trend, trend_of


@dataclass(frozen=True)
class Shown:
    card: Card
    content: Content
    trend: Trend | None


def context(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Called by unfold for `/admin/` (`DASHBOARD_CALLBACK`)."""
    shown = []
    for card in cards_for(request.user):
        content = card.load(request.user)
        shown.append(Shown(card, content, trend_of(content.trend)))
    return {
        **given,
        "cards": shown,
        "links": [
            {"title": link.title, "icon": link.icon, "href": reverse(link.url)}
            for link in links()
            if not link.setting or getattr(settings, link.setting)
        ],
        "now": timezone.localtime(),
    }
