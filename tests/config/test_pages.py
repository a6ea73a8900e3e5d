"""`?page=&size=` at the edge: nothing that only looks like a number within its bounds gets in."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import CustomerGroup

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["page", "size"])
@pytest.mark.parametrize(
    "text",
    ["0", "-1", "1.0", "", "٣", "1000001", f"0000001{'9' * 30}", f"0000001{'0' * 5000}"],
    ids=["nought", "below", "broken", "empty", "arabic", "above", "led in by noughts", "endless"],
)
def test_what_is_no_number_within_bounds_is_refused(
    name: str, text: str, api: Callable[[Any], Any], admin: Any
) -> None:
    answer = api(admin).get("/api/tickets", {name: text})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == name


def test_noughts_in_front_count_for_nothing(api: Callable[[Any], Any], admin: Any) -> None:
    answer = api(admin).get("/api/tickets", {"page": "02", "size": "0010"})
    assert answer.json() == {"list": [], "total": 0, "page": 2, "size": 10}


@pytest.mark.parametrize("text", ["0", "367", f"000001{'9' * 30}", f"000001{'0' * 5000}"])
def test_days_are_numbers_within_bounds(text: str, api: Callable[[Any], Any], admin: Any) -> None:
    for address in ("/api/v1/statistics/customers", f"/api/v1/groups/{_group()}/statistics"):
        answer = api(admin).get(address, {"days": text})
        assert answer.status_code == 400, address
        assert answer.json()["errors"][0]["attr"] == "days"


def _group() -> int:
    return CustomerGroup.objects.get_or_create(chat_id="wr-days", name="群")[0].pk
