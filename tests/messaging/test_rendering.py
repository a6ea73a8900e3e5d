"""`{{name}}` and nothing else; what a variable holds is data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.markup import as_text, cut_utf8
from messaging.rendering import MissingVariablesError, parse, render


def test_names_dots_and_spaces():
    text = render(
        "{{ name }}：{{order.no}} {{order.no}}",
        {"name": "张三", "order": {"no": 7}},
        body_format="text",
    )
    assert text == "张三：7 7"


def test_every_missing_name_is_told():
    with pytest.raises(MissingVariablesError) as refusal:
        render("{{a}} {{b.c}} {{d}}", {"a": 1, "b": {}}, body_format="text")
    assert refusal.value.names == ["b.c", "d"]
    assert refusal.value.attr == "variables.b.c"


def test_system_variables_are_there():
    assert render("{{date}}", {}, body_format="text").count("-") == 2


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1+1 }}",
        "{% if x %}",
        "{{ name.__class__ }}",
        "{{ name|upper }}",
        "{{}}",
        "{{ a b }}",
        "{{{a}}}",
    ],
)
def test_there_are_no_expressions(source):
    names = parse(source).names
    if names:
        with pytest.raises(MissingVariablesError):
            render(source, {"name": "x"}, body_format="text")
    else:
        assert render(source, {}, body_format="text") == source


def test_a_variable_is_never_parsed_again():
    assert render("{{a}}", {"a": "{{b}}", "b": "x"}, body_format="text") == "{{b}}"


def test_in_markdown_a_variable_can_do_nothing():
    text = render("> {{a}}", {"a": "<@all> [x](http://evil) **b**\n# h"}, body_format="markdown")
    assert "<" not in text
    assert "[" not in text
    assert "\n" not in text


@given(st.text(), st.integers(min_value=4, max_value=100))
def test_cutting_keeps_whole_characters_within_the_bytes(text, limit):
    cut = cut_utf8(text.encode(errors="ignore").decode(), limit)
    assert len(cut.encode()) <= limit


@given(st.text())
def test_text_for_markdown_is_one_harmless_line(text):
    shown = as_text(text)
    assert not set("<>[]*`\n\r") & set(shown)
