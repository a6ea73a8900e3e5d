from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.models import Message
from tests.factories import RobotFactory, TicketFactory

GROUP = "test_group_001"


@pytest.fixture
def robot(db: None, settings: Any) -> Any:
    settings.GROUP_WEBHOOK_URL = ""
    return RobotFactory()


@pytest.fixture
def overdue(db: None) -> Callable[..., Any]:
    """A ticket of the group whose deadline has passed."""

    def make(hours: float = 12, **fields: Any) -> Any:
        past = timezone.now() - timedelta(hours=hours)
        return TicketFactory(**{"group_chat_id": GROUP, "deadline": past, **fields})

    return make


@pytest.fixture
def said(db: None) -> Callable[..., list[str]]:
    """The words of what was accepted for a channel, oldest first."""

    def read(channel: str = "GROUP_BOT") -> list[str]:
        payloads = Message.objects.filter(channel=channel).order_by("id")
        return [
            row[row["msgtype"]]["content"] for row in payloads.values_list("payload", flat=True)
        ]

    return read
