"""Which days a report is of, and which it is compared with."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march")]


@pytest.mark.parametrize(
    ("query", "period", "compared"),
    [
        ({"period": "today"}, ("2026-03-15", "2026-03-15"), ("2026-03-14", "2026-03-14")),
        ({}, ("2026-03-09", "2026-03-15"), ("2026-03-02", "2026-03-08")),
        ({"period": "30d"}, ("2026-02-14", "2026-03-15"), ("2026-01-15", "2026-02-13")),
        ({"period": "this_month"}, ("2026-03-01", "2026-03-15"), ("2026-02-01", "2026-02-15")),
        ({"period": "last_month"}, ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
        (
            {"from": "2026-03-03", "to": "2026-03-05"},
            ("2026-03-03", "2026-03-05"),
            ("2026-02-28", "2026-03-02"),
        ),
        ({"from": "2026-03-10"}, ("2026-03-10", "2026-03-15"), ("2026-03-04", "2026-03-09")),
        ({"to": "2026-03-10"}, ("2026-03-10", "2026-03-10"), ("2026-03-09", "2026-03-09")),
    ],
)
def test_a_span_and_the_one_before_it(api, admin, query, period, compared):
    found = api(admin).get("/api/reports/sales", query).json()
    assert (found["period"]["from"], found["period"]["to"]) == period
    assert (found["compared"]["from"], found["compared"]["to"]) == compared


def test_a_whole_leap_year_is_the_longest(api, admin):
    client = api(admin)
    year = {"from": "2024-01-01", "to": "2024-12-31"}
    assert client.get("/api/reports/sales", year).status_code == 200
    longer = {"from": "2024-01-01", "to": "2025-01-01"}
    assert client.get("/api/reports/sales", longer).status_code == 400


def test_on_the_31st_this_month_is_compared_with_a_whole_shorter_one(api, admin, time_machine_to):
    with time_machine_to("2026-03-31T12:00:00+08:00"):
        found = api(admin).get("/api/reports/sales", {"period": "this_month"}).json()
    assert found["compared"] == {"from": "2026-02-01", "to": "2026-02-28"}


@pytest.fixture
def time_machine_to():
    import time_machine

    return lambda moment: time_machine.travel(moment, tick=False)
