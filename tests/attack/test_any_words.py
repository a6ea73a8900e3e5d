"""Commands and templates: whatever is written, it is read or left alone, and nothing is run."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from messaging.rendering import MAX_VALUE_LENGTH, MissingVariablesError, Source, parse, render
from wechat.commands import grammar
from wechat.commands.meaning import Misunderstood

DEEP = settings(max_examples=500, deadline=None, derandomize=True)
BOT = "助手"

# --- The command grammar ----------------------------------------------------------------------------

PIECES = st.one_of(
    st.sampled_from(
        [
            "/",
            "／",
            "@助手",
            "@",
            "＠",
            "@客户张三",
            "@所有人",
            "#",
            "#12",
            "工单",
            "工单12",
            "工单#99999999999999999999",
            "创建工单",
            "/创建工单",
            "/工单列表",
            "/撤销",
            "/帮助",
            "已解决",
            "处理中",
            "取消",
            "关闭",
            "转给",
            "指派",
            "备注:",
            "备注：",
            "问题:",
            "手机:",
            "手机：１３８",
            "13800138000",
            "+8613800138000",
            "优先级:高",
            "截止:",
            "明天",
            "25:99",
            "2月30日",
            "进度",
            "50%",
            "101%",
            "，",
            "。",
            "；",
            "\n",
            "\r\n",
            "\t",
            "\u2005",
            "\u200b",
            "\u202e",
            "\x00",
            "\ud800",
            "👨‍👩‍👧",
            "🇨🇳",
            "é",
            "ﷺ",
            "K",
            "İ",
            "ß",
            ">",
            "> ",
            "「",
            "」",
            "- - - - - - -",
            "“",
            "”",
            "<@lisi>",
            "[x](y)",
            "**",
            "`",
            "\\",
            "{{a}}",
            "%s",
            "{0}",
            "'; DROP TABLE",
            "||",
            "＃",
            "一二三",
            "①",
            "٣",
            "²",
            "項目",
            "项目",
            "/项目",
            "商机",
            "阶段:",
            "金额:",
            "1e999",
            "-1",
            "0",
            "9" * 50,
        ]
    ),
    st.text(max_size=6),
)
SAID = st.lists(PIECES, max_size=12).map("".join)


@DEEP
@given(text=SAID, quoted=st.one_of(st.just(""), SAID))
@example(text="/" * 3000, quoted="")
@example(text="@" * 3000, quoted="#" * 3000)
@example(text="#1 " * 2000 + "已解决", quoted="")
@example(text="\u200b" * 5000 + "/帮助", quoted="")
@example(text="备注:" + "：" * 5000, quoted="")
def test_any_words_are_a_command_a_misunderstanding_or_nothing(text, quoted):
    """Never an exception; and what it means does not hang on anything but the words."""
    first = grammar.parse(text, bot_name=BOT, quoted=quoted)
    assert grammar.parse(text, bot_name=BOT, quoted=quoted) == first


@DEEP
@given(quoted=SAID)
@example(quoted="/创建工单 @客户张三 手机:13800138000 问题:坏了")
@example(quoted="@助手 /撤销")
@example(quoted="#12 已解决")
def test_nothing_of_what_is_quoted_is_a_command(quoted):
    """Quoting says which ticket is meant, and never what to do: with no words there is no command."""
    alone = grammar.parse("", bot_name=BOT)
    for words in ("", " ", "@助手", "\n"):
        found = grammar.parse(words, bot_name=BOT, quoted=quoted)
        assert type(found) is type(alone) or isinstance(found, Misunderstood), found


def repeated(piece, times):
    return piece * times


@pytest.mark.parametrize(
    "piece",
    [
        "/创建工单 ",
        "@客户",
        "#1 ",
        "问题:",
        "手机:1",
        "，",
        " ",
        "\n",
        "a" * 10,
        "@助手",
        "一",
        "1",
        "备注：",
        "截止:明天 ",
        "已解决 ",
        "#1 #2 已解决，",
        "：",
        "> ",
        "（",
        "\u200b",
        "转给@李四 ",
        "优先级:高 ",
        "/",
        "年月日",
        "点分",
        "小时",
    ],
)
def test_the_cost_grows_with_the_words_and_not_with_their_square(piece, monkeypatch):
    """A message has 2,048 bytes at most; fifty times that is read within the suite's deadline."""
    grammar.parse(
        repeated(piece, 100_000 // len(piece)), bot_name=BOT, quoted=repeated(piece, 3000)
    )


# --- The template renderer --------------------------------------------------------------------------

FORMATS = st.sampled_from(["text", "markdown", "html", "card"])
BRACES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "{{",
                "}}",
                "{",
                "}",
                "{{a}}",
                "{{ b.c }}",
                "{{a.__class__}}",
                "{{a.__init__.__globals__}}",
                "{% load x %}",
                "{{a|safe}}",
                "${a}",
                "#{a}",
                "<%= a %>",
                "%(a)s",
                "{0}",
                "{a}",
                "{{7*7}}",
                "{{{{a}}}}",
                "{{a}",
                "\n",
                "\x00",
                "<script>",
                "{{ａ}}",
                "{{a.0}}",
                "{{settings.SECRET_KEY}}",
                "{{request.user}}",
                "{{a.b.c.d.e}}",
                "\ud800",
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=8,
).map("".join)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), BRACES),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["a", "b", "c", "0", "__class__", "d"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)
VARIABLES = st.dictionaries(
    st.sampled_from(["a", "b", "b.c", "settings", "request", "a.__class__", "ａ"]),
    VALUES,
    max_size=5,
)


def rendered(source, variables, body_format):
    try:
        return render(source, variables, body_format=body_format)
    except MissingVariablesError as refusal:
        if not refusal.names:
            raise
        return None


@DEEP
@given(source=BRACES, variables=VARIABLES, body_format=FORMATS)
@example(source="{{a}}", variables={"a": "{{a}}{{a}}"}, body_format="html")
@example(source="{{settings.SECRET_KEY}}", variables={"settings": {}}, body_format="text")
def test_any_template_with_any_variables_is_filled_once_and_evaluates_nothing(
    source, variables, body_format
):
    text = rendered(source, variables, body_format)
    if text is None:
        return
    parsed = parse(source)
    literals = parsed.parts[::2]
    # What is not a name stands there as it was written, in its order; and no name is filled twice.
    place = 0
    for literal in literals:
        place = text.find(literal, place)
        assert place >= 0
        place += len(literal)
    # Escaping makes a sign six long at most; system variables are short.
    most = sum(map(len, literals)) + len(parsed.parts) * (6 * MAX_VALUE_LENGTH + 200)
    assert len(text) <= most
    assert "built-in" not in text
    assert "<class" not in text


@DEEP
@given(value=st.text(max_size=50), body_format=st.sampled_from(["markdown", "html", "card"]))
@example(value="<script>alert(1)</script>", body_format="html")
@example(value="<@all>", body_format="markdown")
def test_what_a_variable_holds_is_no_markup(value, body_format):
    text = render("{{a}}", {"a": value}, body_format=body_format)
    assert "<" not in text
    if body_format == "html":
        assert '"' not in text
        assert "'" not in text


def test_a_long_value_is_cut_and_many_names_are_bounded():
    long = "x" * (10 * MAX_VALUE_LENGTH)
    assert len(render("{{a}}", {"a": long}, body_format="text")) == MAX_VALUE_LENGTH
    assert render("{{" * 50_000, {}, body_format="text") == "{{" * 50_000
    assert render("{{a" * 20_000 + "}}", {"a": 1}, body_format="text").endswith("1")
    assert render("{{ " + " " * 100_000 + "a", {}, body_format="text")
    assert render("{{" + "a." * 20_000, {}, body_format="text")


@DEEP
@given(options=VALUES, variables=VARIABLES)
def test_what_fills_an_option_cannot_break_out_of_it(options, variables):
    """Options stay the JSON that they were: the same shape, with other words in its strings."""
    source = Source("text", "", "", {"o": options})
    try:
        filled = source.render(variables).options
    except MissingVariablesError:
        return
    assert shape(filled) == shape({"o": options})
    json.dumps(filled)


def shape(value):
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__
