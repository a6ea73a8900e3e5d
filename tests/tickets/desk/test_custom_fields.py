"""Values of a desk's own fields: checked by kind, kept plain."""

import pytest

from config.errors import InvalidInputError
from tickets.desk.custom_fields import checked_values, merged_values
from tickets.models import CustomField

pytestmark = pytest.mark.django_db
Kind = CustomField.Kind


@pytest.fixture
def fields():
    for place, (key, kind) in enumerate(
        [("note", Kind.TEXT), ("seats", Kind.NUMBER), ("system", Kind.CHOICE), ("bought", Kind.DATE),
         ("on_site", Kind.FLAG)]
    ):  # fmt: skip
        CustomField.objects.create(
            key=key, label=key, kind=kind, options=["Windows", "Linux"], position=place
        )


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"note": " 三楼 "}, {"note": "三楼"}),
        ({"seats": 3}, {"seats": 3}),
        ({"seats": 2.5}, {"seats": 2.5}),
        ({"system": "Linux"}, {"system": "Linux"}),
        ({"bought": "2026-02-01"}, {"bought": "2026-02-01"}),
        ({"on_site": False}, {"on_site": False}),
        ({"note": "", "seats": None}, {}),
        ({}, {}),
    ],
)
def test_good_values_are_kept(fields, values, kept):
    assert checked_values(values) == kept


@pytest.mark.parametrize(
    "values",
    [
        {"note": "x" * 501},
        {"note": 3},
        {"note": "a\x00b"},
        {"note": "\ud800"},
        {"seats": "3"},
        {"seats": True},
        {"seats": float("nan")},
        {"seats": float("inf")},
        {"seats": 10**400},
        {"seats": [1]},
        {"system": "Mac"},
        {"system": ["Linux"]},
        {"bought": "2026-02-30"},
        {"bought": 20260201},
        {"on_site": "true"},
        {"on_site": 1},
        {"unknown": "x"},
    ],
)
def test_others_are_refused_by_name(fields, values):
    with pytest.raises(InvalidInputError) as refused:
        checked_values(values)
    assert refused.value.attr == f"custom_fields.{next(iter(values))}"


@pytest.mark.parametrize("values", [None, [], "x", 3])
def test_what_is_no_object_is_refused(fields, values):
    with pytest.raises(InvalidInputError):
        checked_values(values)


def test_a_required_field_must_be_there_and_cannot_be_taken_away(fields):
    CustomField.objects.filter(key="system").update(is_required=True)
    for values, partial in (({}, False), ({"system": ""}, False), ({"system": None}, True)):
        with pytest.raises(InvalidInputError) as refused:
            checked_values(values, partial=partial)
        assert refused.value.attr == "custom_fields.system"
    assert checked_values({"seats": 1}, partial=True) == {"seats": 1}


def test_an_edit_changes_what_it_names_and_takes_away_what_is_empty(fields):
    changes = checked_values({"seats": None, "note": "新"}, partial=True)
    assert merged_values({"seats": 3, "system": "Linux"}, changes) == {
        "system": "Linux",
        "note": "新",
    }


def test_a_field_out_of_use_is_unknown(fields):
    CustomField.objects.filter(key="note").update(is_active=False)
    with pytest.raises(InvalidInputError):
        checked_values({"note": "x"})
