"""Everything that the monitor shows, as it stands: each part as often as its price allows."""

from datetime import datetime
from typing import Any, TypedDict

from django.utils import timezone

from messaging.statistics.realtime import realtime
from monitoring.board import circuits, desk_load, messages
from monitoring.board.kept import Kept


class Recent(TypedDict):
    minutes: int
    channels: list[messages.RecentChannel]


class Snapshot(TypedDict):
    """`realtime` is what `GET /api/messages/statistics/realtime` says."""

    at: datetime
    today: dict[str, Any]
    yesterday: dict[str, Any]
    week: dict[str, Any]
    realtime: dict[str, Any]
    recent: Recent
    circuits: list[circuits.ChannelState]
    service: desk_load.Service
    tickets: desk_load.Tickets


_service = Kept(desk_load.service, 2)
_tickets = Kept(desk_load.tickets, 5)
_recent = Kept(messages.recent_channels, 2)


def _look() -> Snapshot:
    days = messages.days()
    return Snapshot(
        at=timezone.localtime(),
        today=days["today"],
        yesterday=days["yesterday"],
        week=days["week"],
        realtime=realtime(),
        recent=Recent(minutes=messages.RECENT_MINUTES, channels=_recent()),
        circuits=circuits.channel_states(),
        service=_service(),
        tickets=_tickets(),
    )


# Shorter than the second between two frames, so that each frame is of its own moment.
snapshot = Kept(_look, 0.5)


def forget() -> None:
    """The next look asks everything anew."""
    for part in (messages.past, _service, _tickets, _recent, snapshot):
        part.forget()
