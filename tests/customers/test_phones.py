"""Numbers as people write them become E.164."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InvalidInputError
from customers import phones


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "008613800138000",
        "8613800138000",
        "１３８００１３８０００",
        "（138）0013 8000",
        "　13800138000　",
    ],
)
def test_a_chinese_mobile_in_any_common_form_is_one_number(text):
    assert phones.normalize(text) == "+8613800138000"


def test_a_land_line_and_a_foreign_number_are_accepted():
    assert phones.normalize("010-62345678") == "+861062345678"
    assert phones.normalize("+1 650 253 0000") == "+16502530000"


@pytest.mark.parametrize(
    "text", ["", "abc", "123", "1380013800", "138001380001", "+", "12345678901"]
)
def test_what_is_no_number_is_refused_by_name(text):
    with pytest.raises(InvalidInputError) as refusal:
        phones.normalize(text, attr="phone")
    assert refusal.value.attr == "phone"


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_refusal(text):
    try:
        assert phones.normalize(text).startswith("+")
    except InvalidInputError:
        pass


def test_display_and_mask():
    assert phones.display("+8613800138000") == "13800138000"
    assert phones.mask("+8613800138000") == "138****8000"
    assert phones.mask("") == ""
