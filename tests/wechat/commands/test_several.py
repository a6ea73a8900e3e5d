"""Several tickets and several verbs in one message."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.commands.grammar import parse
from wechat.commands.meaning import (
    AddNote,
    AssignTicket,
    ChangeStatus,
    Misunderstood,
    SetProgress,
    Several,
)
from wechat.commands.text import read as read_text
from wechat.commands.vocabulary import SPECS

CARD = "🟡 【新工单提醒】#ID123\n\n**客户信息**"
RESOLVED_12 = ChangeStatus((12,), "resolved", 100)
UP_13 = ChangeStatus((13,), "escalated", None)


def read(text, quoted=""):
    return parse(text, bot_name="助手", quoted=quoted)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("#12 已解决；#13 升级处理", (RESOLVED_12, UP_13)),
        ("#12 已解决，换了网线；#13 升级处理",
         (ChangeStatus((12,), "resolved", 100, "换了网线"), UP_13)),
        ("#12 已解决\n#13 升级处理", (RESOLVED_12, UP_13)),
        ("@助手 #12 已解决，#13 升级处理", (RESOLVED_12, UP_13)),
        ("#12 已解决。#13 升级处理", (RESOLVED_12, UP_13)),
        ("＃12 已解决；\n工单＃13 升级处理", (RESOLVED_12, UP_13)),
        ("#12 #14 已解决；#13 升级处理", (ChangeStatus((12, 14), "resolved", 100), UP_13)),
        ("#12 已解决；#13，#14 升级处理",
         (RESOLVED_12, ChangeStatus((13, 14), "escalated", None))),
        ("#12 60%\n#13 分配给@王五", (SetProgress((12,), 60), AssignTicket((13,), "王五"))),
        ("#12 客户明天在；#13 升级处理", (AddNote((12,), "客户明天在"), UP_13)),
    ],
)  # fmt: skip
def test_each_number_with_a_verb_is_a_command_of_its_own(text, commands):
    assert read(text) == Several(commands)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("#12 已解决，原因同 #13", ChangeStatus((12,), "resolved", 100, "原因同 #13")),
        ("#12 已解决，#13 的原因一样", ChangeStatus((12,), "resolved", 100, "#13 的原因一样")),
        ("#12 已解决；#13 已解决的办法可用",
         ChangeStatus((12,), "resolved", 100, "#13 已解决的办法可用")),
        ("#12 见 #13 已解决", AddNote((12,), "见 #13 已解决")),
        ("#12 重复了，#13 已解决了吗？", AddNote((12,), "重复了，#13 已解决了吗？")),
        ("#12，#13 已解决", ChangeStatus((12, 13), "resolved", 100)),
        ("#12 已解决；#0 已解决", ChangeStatus((12,), "resolved", 100, "#0 已解决")),
    ],
)  # fmt: skip
def test_words_that_mention_another_ticket_stay_whole(text, command):
    assert read(text) == command


def test_under_a_card_the_first_needs_no_number():
    assert read("已解决；#13 升级处理", CARD) == Several(
        (ChangeStatus((123,), "resolved", 100), UP_13)
    )


def test_what_is_no_command_is_told_and_the_others_are_done():
    command = read("今天的进展：\n#12 已解决\n#13 升级处理")
    assert isinstance(command.commands[0], Misunderstood)
    assert command.commands[1:] == (RESOLVED_12, UP_13)


def test_a_problem_that_looks_like_commands_is_one_problem():
    problem = "日志里写着\n#12 已解决\n#13 升级处理"
    assert read(f"/创建工单 @张三 问题:{problem}").problem == problem


def test_more_than_twenty_are_too_many():
    text = "；".join(f"#{number} 已解决" for number in range(1, 25))
    assert "最多处理 20 个" in read(text).reason
    twenty = "；".join(f"#{number} 已解决" for number in range(1, 21))
    assert len(read(twenty).commands) == 20


@pytest.mark.parametrize(
    "quoted",
    [
        "📋 查询到 2 个工单：\n\n**工单 #12**\n…\n\n**工单 #13**",
        "🚨 【工单超时汇总】2 个工单已超时\n\n#12 张三：坏了\n#13 李四：慢",
        "🚨 【工单超时汇总】2 个工单已超时\n\n#12 张三：坏",
        "🔄 【工单动态】2 个工单有更新\n#12 待分配 → 已分配",
        "✅ 工单 #12 状态已更新为：已解决\n✅ 工单 #13 状态已更新为：已升级",
    ],
)
def test_under_a_message_about_several_tickets_nothing_is_guessed(quoted):
    command = read("已解决，重启了", quoted)
    assert isinstance(command, Misunderstood)
    assert "有多个工单（#12" in command.reason
    assert command.example == "#12 已解决，重启了"
    assert read("#13 已解决", quoted) == ChangeStatus((13,), "resolved", 100)
    assert "有多个工单" in read("在路上了", quoted).reason


@pytest.mark.parametrize(
    "quoted",
    [
        "🟡 【新工单提醒】#ID12\n\n> 问题描述：同 #13 和 #14",
        '🚨 【工单超时提醒】\n\n工单编号：#12\n问题：同 #13...\n💡 回复 "#12 已解决" 可关闭工单',
        "✅ 工单 #12 创建成功！已推送到群聊。\n🔎 相似工单：#5 坏了（82%）已解决",
        "🔄 工单 #12 已分配 → 已解决 · 负责人：李四（操作：李四）\n> 同 #13",
        "✅ 工单 #12 已分配给 @李四\n　负责人 待分配 → 李四",
    ],
)
def test_a_card_is_about_its_own_ticket_whatever_else_it_names(quoted):
    assert read("已解决", quoted) == RESOLVED_12


VERBS = [name for spec in SPECS for name in spec.names]
PIECES = st.sampled_from(
    [*VERBS, "#12", "#13", "；", "，", "\n", " ", "原因", "@王五", "60%", "紧急", "2天", "明天 18:00",
     "到", "#", "：", "？", "了", "0"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_no_mixture_of_the_tables_words_breaks_it(parts):
    assert read("".join(parts), "".join(reversed(parts))) is not None


WRITTEN = st.sampled_from(["#12 已解决", "#13 升级处理", "#14 60%", "#15 关闭"])


@given(
    st.lists(WRITTEN, min_size=1, max_size=20), st.sampled_from(["；", ";\n", "\n", "，", "。 "])
)
def test_as_many_commands_are_read_as_were_written(written, divider):
    command = read(divider.join(written))
    commands = command.commands if isinstance(command, Several) else (command,)
    assert [read(text) for text in written] == list(commands)


@pytest.mark.parametrize(
    "text",
    [
        "#1 已解决；" + "#2 " * 6_000,
        "#1 已解决" + "；#2" * 6_000,
        "#1 已解决" + "；#2 已" * 4_000,
        "#1 已解决" + "；#2 已解决" * 2_500,
        "#1 " + "，\n #" * 5_000,
        "#1 已解决；" + " " * 19_000,
        "#1 期限" + " " * 19_000 + "x",
        "#1 延期" + " " * 19_000 + "1",
        "#1 优先级" + " " * 19_000 + "x",
        "#1 合并到" + " " * 19_000 + "x",
        "#1 回复客户" + " " * 19_000,
        "/撤销" + " " * 19_000 + "x",
        "/帮助" + " 创" * 9_000,
    ],
    ids=range(13),
)
def test_the_work_grows_with_the_length_alone(text):
    def seconds(text):
        start = time.process_time()
        read(text, "工单编号：" + "【" * 9_000)
        return time.process_time() - start

    read_text(text)
    whole = min(seconds(text) for _ in range(3))
    half = min(seconds(text[: len(text) // 2]) for _ in range(3))
    assert whole < 3.2 * half + 0.02
