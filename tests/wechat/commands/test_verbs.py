"""The verbs and words that came with the service desk."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from wechat.commands.grammar import parse
from wechat.commands.meaning import (
    AddNote,
    ChangeStatus,
    GoOn,
    Help,
    MergeTickets,
    Misunderstood,
    MyTickets,
    OverdueTickets,
    PostponeDeadline,
    ReplyCustomer,
    SetDeadline,
    SetPresence,
    SetPriority,
    Undo,
    WaitForCustomer,
    Watch,
)

ONE = (123,)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(text):
    return parse(text, bot_name="助手")


def at(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("#123 等待客户", WaitForCustomer(ONE)),
        ("#123 等待客户 提供日志", WaitForCustomer(ONE, "提供日志")),
        ("#123 等待客户回复", WaitForCustomer(ONE)),
        ("#123 继续处理", GoOn(ONE)),
        ("#123 备注 已电话沟通", AddNote(ONE, "已电话沟通")),
        ("#123 备注：已电话沟通", AddNote(ONE, "已电话沟通")),
        ("#123 #124 备注 同一台机器", AddNote((123, 124), "同一台机器")),
        ("#123 回复客户 您好，正在处理", ReplyCustomer(ONE, "您好，正在处理")),
        ("#123 回复客户：已修复？请看看", ReplyCustomer(ONE, "已修复？请看看")),
        ("#123 优先级 紧急", SetPriority(ONE, "urgent")),
        ("#123 优先级改为高", SetPriority(ONE, "high")),
        ("#123 优先级：低", SetPriority(ONE, "low")),
        ("#123 延期 4小时", PostponeDeadline(ONE, timedelta(hours=4))),
        ("#123 延期2天，等备件", PostponeDeadline(ONE, timedelta(days=2))),
        ("#123 延期 两天", PostponeDeadline(ONE, timedelta(days=2))),
        ("#123 延期 1.5小时", PostponeDeadline(ONE, timedelta(minutes=90))),
        ("#123 延期半小时", PostponeDeadline(ONE, timedelta(minutes=30))),
        ("#123 关注", Watch(ONE)),
        ("#123 取消关注", Watch(ONE, wanted=False)),
        ("#123 取消", ChangeStatus(ONE, "cancelled")),
        ("#123 合并到 #100", MergeTickets(ONE, 100)),
        ("#123 合并到100，同一个问题", MergeTickets(ONE, 100, "同一个问题")),
        ("/我的工单", MyTickets()),
        ("我的工单", MyTickets()),
        ("/超时工单", OverdueTickets()),
        ("/上线", SetPresence("online")),
        ("忙碌。", SetPresence("busy")),
        ("/下线", SetPresence("offline")),
        ("撤销", Undo()),
        ("@助手 /撤销！", Undo()),
        ("/帮助 创建工单", Help("创建工单")),
        ("/帮助 #问题已解决", Help("问题已解决")),
    ],
)
def test_what_is_meant(text, command):
    assert read(text) == command


@time_machine.travel(at(2026, 11, 26, 10, 0), tick=False)
@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("期限 2026-12-01 18:00", at(2026, 12, 1, 18, 0)),
        ("期限：2026年12月1日 18点", at(2026, 12, 1, 18, 0)),
        ("期限改为 2026/12/1 9:30", at(2026, 12, 1, 9, 30)),
        ("期限 12-01 18:00", at(2026, 12, 1, 18, 0)),
        ("期限 12月1日", at(2026, 12, 1, 23, 59)),
        ("期限 1月5日 9点30分", at(2027, 1, 5, 9, 30)),
        ("延期到明天 18:00", at(2026, 11, 27, 18, 0)),
        ("期限 今天 18:00", at(2026, 11, 26, 18, 0)),
        ("期限 18:00", at(2026, 11, 26, 18, 0)),
    ],
)
def test_deadlines_as_people_write_them(words, moment):
    assert read(f"#123 {words}") == SetDeadline(ONE, moment)


@time_machine.travel(at(2026, 11, 26, 10, 0), tick=False)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("期限 昨天", "日期和时间"),
        ("期限 2026-13-45", "日期和时间"),
        ("期限 2020-01-01 10:00", "已经过去"),
        ("期限 今天 8:00", "已经过去"),
        ("期限", "日期和时间"),
        ("延期", "几小时或几天"),
        ("延期 很久", "几小时或几天"),
        ("延期 99999天", "几小时或几天"),
        ("优先级 马上", "优先级只能是"),
        ("备注", "缺少备注内容"),
        ("回复客户", "缺少要回复客户的话"),
        ("合并到", "缺少要合并到的工单编号"),
        ("合并到 #0", "编号不对"),
    ],
)
def test_what_is_missing_is_named_with_an_example_that_works(words, told):
    command = read(f"#123 {words}")
    assert isinstance(command, Misunderstood)
    assert told in command.reason
    assert command.example.startswith("#123 ")
    assert not isinstance(read(command.example), Misunderstood)


@pytest.mark.parametrize(
    "words",
    ["等待客户吗？", "备注已经写了", "回复客户了", "优先级太低了", "优先级高吗？", "延期没关系",
     "期限到了", "关注一下", "取消关注吗", "合并到一起吧", "继续处理吗？", "期限 明天可以吗？"],
)  # fmt: skip
def test_other_words_stay_a_note(words):
    assert read(f"#123 {words}") == AddNote(ONE, words)


@pytest.mark.parametrize("text", ["撤销上周的申请", "上线时间待定", "忙碌的一天", "我的工单呢"])
def test_a_word_that_stands_alone_is_a_command_only_alone(text):
    assert isinstance(read(text), Misunderstood)


def test_what_follows_a_command_that_takes_nothing_is_not_dropped():
    command = read("/我的工单 张三")
    assert "后面不需要写别的" in command.reason
    assert read(command.example) == MyTickets()
