"""A filter that is yes or no takes no third word for "not asked"."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.factories import TicketFactory

LISTS = (
    "/api/tickets?overdue=",
    "/api/tickets?waiting=",
    "/api/tickets?watching=",
    "/api/customer-service/chats?mine=",
    "/api/config/configs?is_default=",
    "/api/monitor/incidents?open=",
    "/api/channels?is_active=",
    "/api/sla/policies?is_active=",
    "/api/ai/examples?is_active=",
    "/api/v1/follow-up-plans?is_active=",
)


@pytest.mark.django_db
@pytest.mark.parametrize("address", LISTS)
def test_it_says_so_when_it_is_neither(
    address: str, api: Callable[[Any], APIClient], admin: Any
) -> None:
    name = address.rstrip("=").rpartition("?")[2]
    assert {api(admin).get(address + word).status_code for word in ("true", "0", "FALSE", "")} == {
        200
    }
    answer = api(admin).get(address + "maybe")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == name


@pytest.mark.django_db
def test_a_list_is_narrowed_both_ways(api: Callable[[Any], APIClient], admin: Any) -> None:
    TicketFactory()
    totals = [
        api(admin).get(f"/api/tickets?overdue={word}").json()["total"] for word in ("true", "false")
    ]
    assert sorted(totals) == [0, 1]
