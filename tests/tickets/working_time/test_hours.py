"""Working hours: what may be set, and what is refused."""

import jsonschema
import pytest

from config.errors import InvalidInputError
from config.runtime import store
from tickets.working_time.hours import DEFAULT_HOURS, HOURS_SCHEMA, check_hours

pytestmark = pytest.mark.django_db

NONE = {name: [] for name in DEFAULT_HOURS}


def _set(admin, value):
    store.change(key="ticket.working_hours", value=value, actor=admin)
    store.forget_snapshot()


def test_a_day_that_is_not_named_keeps_its_default(admin):
    _set(admin, {"mon": [["10:00", "16:00"]]})
    assert store.get("ticket.working_hours")["mon"] == [["10:00", "16:00"]]
    assert store.get("ticket.working_hours")["tue"] == [["09:00", "12:00"], ["13:30", "18:00"]]


def test_the_clock_round_is_allowed(admin):
    _set(admin, {"sun": [["00:00", "24:00"]]})
    assert store.get("ticket.working_hours")["sun"] == [["00:00", "24:00"]]


@pytest.mark.parametrize(
    ("value", "attr"),
    [
        ({"mon": [["12:00", "09:00"]]}, "value.mon.0"),
        ({"mon": [["09:00", "09:00"]]}, "value.mon.0"),
        ({"tue": [["09:00", "12:00"], ["11:00", "18:00"]]}, "value.tue.1"),
        ({"wed": [["13:30", "18:00"], ["09:00", "12:00"]]}, "value.wed.1"),
        ({"makeup": [["18:00", "09:00"]]}, "value.makeup.0"),
        (NONE, "value"),
        ({**NONE, "makeup": [["09:00", "18:00"]]}, "value"),
        ({"mon": [["9:00", "12:00"]]}, "value.mon.0.0"),
        ({"mon": [["09:00", "24:30"]]}, "value.mon.0.1"),
        ({"mon": [["09:00\n", "12:00"]]}, "value.mon.0.0"),
        ({"mon": [["09:00"]]}, "value.mon.0"),
        ({"mon": "09:00-12:00"}, "value.mon"),
        ({"holiday": []}, "value.holiday"),
        ([], "value"),
    ],
)
def test_hours_that_mean_nothing_are_refused(admin, value, attr):
    with pytest.raises(InvalidInputError) as refusal:
        store.change(key="ticket.working_hours", value=value, actor=admin)
    assert refusal.value.attr == attr


def test_spans_may_touch(admin):
    _set(admin, {"mon": [["09:00", "12:00"], ["12:00", "18:00"]]})


def test_a_profiles_hours_are_checked_by_the_same_rules():
    jsonschema.validate({"mon": [["09:00", "12:00"]]}, HOURS_SCHEMA)
    check_hours({"mon": [["09:00", "12:00"]]})
    with pytest.raises(InvalidInputError) as refusal:
        check_hours({}, attr="working_hours")
    assert refusal.value.attr == "working_hours"
