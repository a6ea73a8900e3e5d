"""What people type about projects, and what is meant (contract.md §5, seed 000)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.commands.grammar import parse
from wechat.commands.help import help_text
from wechat.commands.meaning import (
    AddNote,
    ChangeStatus,
    Misunderstood,
    QueryProjects,
    RecordCustomer,
    ResolveIssue,
    Target,
    TransferEngineer,
)
from wechat.commands.spec import Mark
from wechat.commands.vocabulary import SPECS

HASH_COMMANDS = [spec for spec in SPECS if spec.mark is Mark.HASH]

PROJECT_CARD = "📁 查询到 1 个项目：\n\n**项目 #P5** 云服务器\n未完结工单 1 个：#12 坏了（处理中）"
TICKET_CARD = "🟡 【新工单提醒】#ID123\n型号 #P5"
ZHANG = RecordCustomer("张三", phone="13800138000", demand="想上云服务器")


def read(text, quoted=""):
    return parse(text, bot_name="助手", quoted=quoted)


@pytest.mark.parametrize(
    "text",
    [
        "#记录客户 张三 手机:13800138000 需求:想上云服务器",
        "@助手 ＃记录客户　张三　手机：１３８００１３８０００　需求：想上云服务器",
        "@售后助手 #记录客户 张三 手机:13800138000 需求:想上云服务器",
        "# 记录 客户 @客户张三 13800138000 需求:想上云服务器",
        "/记录客户 张三 手机13800138000 想上云服务器",
        "#記錄客戶 需求:想上云服务器 手机:13800138000 客户:张三",
        "#登记客户\n张三\n电话:13800138000\n备注:想上云服务器",
    ],
)
def test_recording(text):
    assert read(text) == ZHANG


@pytest.mark.parametrize(
    ("written", "amount"),
    [("12000", "12000"), ("1.2万", "12000"), ("￥12,000.50元", "12000.50"), ("3万元", "30000"),
     ("１２", "12"), ("0", "0"), ("5k", "5000")],
)  # fmt: skip
def test_everything_that_may_be_recorded(written, amount):
    command = read(f"#记录客户 张三 公司:XX科技 产品:云服务器、备份 项目:上云 金额:{written}")
    assert command == RecordCustomer(
        "张三", company="XX科技", project="上云", products=("云服务器", "备份"),
        amount=Decimal(amount).quantize(Decimal("0.01")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#记录客户", "缺少客户和需求"),
        ("#记录客户 张三", "缺少需求"),
        ("#记录客户 需求:上云", "缺少客户"),
        ("#记录客户 张三 需求:上云 金额:很多", "金额"),
        ("#记录客户 张三 需求:上云 金额:99999999999999", "金额"),
        (f"#记录客户 {'张' * 101} 需求:上云", "客户过长"),
        ("#查询进度", "要查谁的进度"),
        ("#查询进度 #", "要查谁的进度"),
        ("#转接工程师", "要转接谁的项目"),
        ("#转接工程师 @王五", "要转接谁的项目"),
        ("#转接工程师 张三", "缺少工程师"),
        ("#问题已解决", "谁的问题已解决"),
        ("#问题已解决了吗？", "提问"),
        ("#纪录客户 张三", "登记客户"),
        ("#查询进展 张三", "查询项目进度"),
    ],
)
def test_what_is_missing_is_named_with_an_example(text, reason):
    command = read(text)
    assert isinstance(command, Misunderstood)
    assert reason in command.reason
    assert not isinstance(read(command.example), Misunderstood)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("#查询进度 张三", Target(words="张三")),
        ("#查询进度 客户张三", Target(words="张三")),
        ("#查询进度：@张三", Target(words="张三")),
        ("#查询进度 XX科技 云服务器", Target(words="XX科技 云服务器")),
        ("#查询进度 项目:云服务器", Target(words="云服务器")),
        ("#查询进度 手机138 0013 8000", Target(phone="138 0013 8000")),
        ("#查询进度 #5", Target(number=5)),
        ("#查询进度 #P5", Target(project_id=5)),
        ("#查询进度 项目#5", Target(project_id=5)),
        ("/查进度 项目 5", Target(project_id=5)),
        ("#查询进度 项目5期扩容", Target(words="项目5期扩容")),
    ],
)
def test_asking_for_progress(text, target):
    assert read(text) == QueryProjects(target)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("#转接工程师 张三 @王五", TransferEngineer(Target(words="张三"), "王五")),
        (
            "#转接工程师 @客户张三 @王五 现场",
            TransferEngineer(Target(words="张三"), "王五", "现场"),
        ),
        ("#转接工程师 张三 给 @王五，现场", TransferEngineer(Target(words="张三"), "王五", "现场")),
        ("#转接工程师 张三 王五 现场", TransferEngineer(Target(words="张三"), "王五", "现场")),
        (
            "#转接工程师 云服务器 采购 @王五",
            TransferEngineer(Target(words="云服务器 采购"), "王五"),
        ),
        ("#转接工程师 #P5 @王五", TransferEngineer(Target(project_id=5), "王五")),
        ("#转接工程师 13800138000 @王五", TransferEngineer(Target(phone="13800138000"), "王五")),
    ],
)
def test_handing_to_an_engineer(text, command):
    assert read(text) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("#问题已解决 张三 重启了", ResolveIssue(Target(words="张三"), "重启了")),
        ("#问题已解决 张三，重启了", ResolveIssue(Target(words="张三"), "重启了")),
        ("#问题已解决 手机13800138000 重启", ResolveIssue(Target(phone="13800138000"), "重启")),
        ("#问题已解决 #12 重启", ResolveIssue(Target(ticket_ids=(12,)), "重启")),
        ("#问题已解决 #12 #13", ResolveIssue(Target(ticket_ids=(12, 13)))),
        ("#问题已解决 #P5 重启", ResolveIssue(Target(project_id=5), "重启")),
        ("#问题已解决了 项目5 重启", ResolveIssue(Target(project_id=5), "重启")),
    ],
)
def test_solved(text, command):
    assert read(text) == command


@pytest.mark.parametrize(
    ("text", "quoted", "command"),
    [
        ("#问题已解决", PROJECT_CARD, ResolveIssue(Target(project_id=5))),
        ("#问题已解决 重启了", PROJECT_CARD, ResolveIssue(Target(project_id=5), "重启了")),
        ("已解决，重启了", PROJECT_CARD, ResolveIssue(Target(project_id=5), "重启了")),
        ("#问题已解决 重启了", TICKET_CARD, ResolveIssue(Target(ticket_ids=(123,)), "重启了")),
        ("#查询进度", PROJECT_CARD, QueryProjects(Target(project_id=5))),
        ("#转接工程师 @王五", PROJECT_CARD, TransferEngineer(Target(project_id=5), "王五")),
        ("已解决", TICKET_CARD, ChangeStatus((123,), "resolved", 100)),
        ("问题已解决", TICKET_CARD, AddNote((123,), "问题已解决")),
        ("#12 已解决", PROJECT_CARD, ChangeStatus((12,), "resolved", 100)),
    ],
)
def test_a_quoted_message_says_what_is_meant(text, quoted, command):
    assert read(text, quoted) == command


@pytest.mark.parametrize("words", ["了吗，谢谢", "了吗？ 客户在等", "？客户在等", "没有，谢谢"])
def test_a_question_under_a_card_solves_nothing(words):
    assert isinstance(read(f"#问题已解决{words}", TICKET_CARD), Misunderstood)


@pytest.mark.parametrize("text", ["关闭", "好的", "已解决"])
def test_under_several_quoted_projects_nothing_is_guessed(text):
    command = read(text, PROJECT_CARD + "\n**项目 #P6**")
    assert isinstance(command, Misunderstood)
    assert not isinstance(read(command.example), Misunderstood)


def test_help_names_the_commands_and_their_examples_work():
    text = help_text("助手")
    assert len(text.encode()) <= 2048
    for spec in HASH_COMMANDS:
        assert spec.synopsis in text
        assert not isinstance(read(spec.example), Misunderstood)


@given(st.lists(st.sampled_from(
    ["@助手", "#记录客户", "#查询进度", "#转接工程师", "#问题已解决", "#P5", "#12", "手机:", "需求:",
     "金额:", "@", "#", "：", " ", "张三", "9", "？", "给"]
), max_size=30))  # fmt: skip
def test_no_mixture_of_its_own_words_breaks_it(parts):
    assert read("".join(parts), "".join(reversed(parts))) is not None


@pytest.mark.parametrize(
    "text",
    [
        "#记录客户 " + "手机 " * 6_000,
        "#记录客户 " + "需求: " * 4_000,
        "#记录客户 张三 需求:x 金额:" + "1" * 19_000,
        "#转接工程师 张三" + " " * 19_000 + "x@王五",
        "#转接工程师 " + "转给" * 9_000,
        "#转接工程师 " + "@" * 19_000,
        "#查询进度 " + "项目" * 9_000 + "x",
        "#查询进度 手机" + " " * 19_000 + "x",
        "#问题已解决 " + " " * 19_000 + "x",
        "#问题已解决 手机" + "1 " * 9_000,
        "#" + "记" + " " * 19_000 + "录",
    ],
    ids=range(11),
)
@pytest.mark.timeout(20)
def test_no_run_of_anything_is_tried_in_every_possible_way(text):
    assert read(text, quoted="# p" + " " * 19_000) is not None
