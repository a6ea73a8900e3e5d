"""One clock for everybody: the database's, whatever the machine's own says (guarantees.md 11)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from config.database import clock

pytestmark = [pytest.mark.django_db, pytest.mark.services_only]

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def database_travels_along():
    """Not here."""
    clock.forget()
    yield
    clock.forget()


def database_says():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("shift", [HOUR, -HOUR])
def test_a_machine_whose_clock_is_wrong_goes_by_the_database(shift):
    with time_machine.travel(timezone.now() + shift, tick=True):
        assert abs(clock.now() - database_says()) < timedelta(seconds=5)
        assert abs(timezone.now() - database_says()) > HOUR / 2


def test_a_clock_that_is_set_meanwhile_moves_nothing(django_assert_num_queries):
    before = clock.now()
    with time_machine.travel(timezone.now() + HOUR, tick=True), django_assert_num_queries(0):
        assert before <= clock.now() < before + timedelta(seconds=5)
