"""What people type, and what is meant (contract.md §5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.commands.grammar import parse
from wechat.commands.help import help_text
from wechat.commands.meaning import (
    AddNote,
    AssignTicket,
    ChangeStatus,
    CreateTicket,
    Help,
    Misunderstood,
    QueryTickets,
    SetProgress,
)

CARD = "🟡 【新工单提醒】#ID123\n\n**客户信息**\n> 联系：13800138000"
ZHANG = CreateTicket("张三", "服务器无法连接", phone="13800138000")


def read(text, quoted=""):
    return parse(text, bot_name="助手", quoted=quoted)


@pytest.mark.parametrize(
    "text",
    [
        "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
        "@助手 /创建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
        "@助手\u2005/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
        "＠助手 @助手　／创建工单　＠客户张三　手机：13800138000　问题：服务器无法连接",
        "@售后助手 /创建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
        "/创建工单 客户:张三 手机13800138000 问题:服务器无法连接",
        "/创建工单 客户：张三，电话：13800138000，描述：服务器无法连接",
        "/创建工单 @张三 联系方式:13800138000 故障:服务器无法连接",
        "/创建工单 手机:13800138000 @客户张三 问题:服务器无法连接",
        "/创建工单 问题:服务器无法连接 手机:13800138000 客户:张三",
        "/创建工单\n@客户张三\n手机:13800138000\n问题:服务器无法连接",
        "/创建 工单  @客户 张三   手机: 13800138000   问题: 服务器无法连接  ",
        "创建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
        "/新建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
        "/建单 @客户张三 手机13800138000 服务器无法连接",
        "\u200b/創建工單 @客戶张三 手機:13800138000 問題:服务器无法连接",
    ],
)
def test_creating(text):
    assert read(text) == ZHANG


def test_a_full_width_number_is_read():
    command = read("/创建工单 @客户张三 手机：１３８００１３８０００ 问题：坏了")
    assert isinstance(command, CreateTicket)
    assert command.phone == "13800138000"


def test_product_company_and_named_priority():
    command = read("/创建工单 @张三 产品:云服务器 公司:XX科技 优先级:高 问题:慢")
    assert command == CreateTicket(
        "张三", "慢", product="云服务器", company="XX科技", priority="high"
    )


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/创建工单 紧急 @客户张三 问题:坏了", CreateTicket("张三", "坏了", priority="urgent")),
        (
            "/创建工单 @张三 手机:13800138000 3号机坏了",
            CreateTicket("张三", "3号机坏了", "13800138000"),
        ),
        ("/创建工单 @张三 13800138000 问题:坏了", CreateTicket("张三", "坏了", "13800138000")),
        (
            "/创建工单 @张三 手机号是13800138000 问题:坏了",
            CreateTicket("张三", "坏了", "13800138000"),
        ),
        ("/创建工单 @张三 手机13800138000问题:坏了", CreateTicket("张三", "坏了", "13800138000")),
        ("/创建工单 @张三 问题:👨\u200d👩\u200d👧坏", CreateTicket("张三", "👨\u200d👩\u200d👧坏")),
        ("@助手：/帮助", Help()),
        ("#123 关闭工单", ChangeStatus((123,), "closed", None)),
    ],
)
def test_odd_but_clear(text, command):
    assert read(text) == command


@pytest.mark.parametrize(
    ("words", "priority"),
    [("紧急", "urgent"), ("很严重", "urgent"), ("高优先级", "high"), ("不紧急", "normal"),
     ("非紧急", "normal"), ("不是很严重", "normal"), ("慢", "normal"), ("没有那么紧急", "normal"),
     ("没有很严重", "normal"), ("不怎么紧急", "normal"), ("非常紧急", "urgent")],
)  # fmt: skip
def test_priority_words(words, priority):
    assert read(f"/创建工单 @张三 问题:坏了，{words}").priority == priority


def test_nothing_of_a_problem_is_lost():
    problem = (
        "登录 a@b.com 报错: #5 「手机」打不开；客户:说很急，电话13900000000没人接\n第二行 ＡＢＣ"
    )
    assert read(f"/创建工单 @张三 问题:{problem}").problem == problem


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/创建工单", "缺少客户和问题"),
        ("/创建工单 @张三", "缺少问题"),
        ("/创建工单 问题:坏了", "缺少客户"),
        (f"/创建工单 @{'张' * 101} 问题:坏了", "客户过长"),
        ("/创建工单 @张三 问题:坏了 优先级:马上", "优先级"),
    ],
)
def test_what_is_missing_is_named_with_an_example(text, reason):
    command = read(text)
    assert isinstance(command, Misunderstood)
    assert reason in command.reason
    assert not isinstance(read(command.example), Misunderstood)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/查询工单 客户张三", QueryTickets(customer_name="张三")),
        ("/查询工单 客户：张三", QueryTickets(customer_name="张三")),
        ("/查询工单 @张三", QueryTickets(customer_name="张三")),
        ("/查询工单 张三", QueryTickets(customer_name="张三")),
        ("/查询工单 手机13800138000", QueryTickets(phone="13800138000")),
        ("/查询工单 手机：138 0013 8000", QueryTickets(phone="138 0013 8000")),
        ("/查询工单 13800138000", QueryTickets(phone="13800138000")),
        ("/查询工单 #123", QueryTickets(ticket_id=123)),
        ("#123", QueryTickets(ticket_id=123)),
        ("/分配工单 #123 @李四", AssignTicket((123,), "李四")),
        ("/分配工单 #123 李四", AssignTicket((123,), "李四")),
        ("/分配工单 #123 #124 @李四", AssignTicket((123, 124), "李四")),
        ("/分配工单 #123 给@李四", AssignTicket((123,), "李四")),
        ("#123 分配给@王五", AssignTicket((123,), "王五")),
        ("#123 转给 王五，他更熟", AssignTicket((123,), "王五", "他更熟")),
        ("#123 转交@王五 他更熟", AssignTicket((123,), "王五", "他更熟")),
        ("#123 已解决，问题是网络配置错误，已修复",
         ChangeStatus((123,), "resolved", 100, "问题是网络配置错误，已修复")),
        ("#123已解决", ChangeStatus((123,), "resolved", 100)),
        ("＃１２３　已解决。", ChangeStatus((123,), "resolved", 100)),
        ("工单#123 已解决", ChangeStatus((123,), "resolved", 100)),
        ("#ID123 已解决", ChangeStatus((123,), "resolved", 100)),
        ("# 123 已解决了，谢谢", ChangeStatus((123,), "resolved", 100, "谢谢")),
        ("#123 已解決", ChangeStatus((123,), "resolved", 100)),
        ("#123 已解决啦，谢谢", ChangeStatus((123,), "resolved", 100, "谢谢")),
        ("#123 已解决👍", ChangeStatus((123,), "resolved", 100, "👍")),
        ("#123 已解决✔️ 换了网线", ChangeStatus((123,), "resolved", 100, "✔️ 换了网线")),
        ("#123 已解决[OK]", ChangeStatus((123,), "resolved", 100, "[OK]")),
        ("#123 已解决——换了网线", ChangeStatus((123,), "resolved", 100, "——换了网线")),
        ("#123 #124 已解决", ChangeStatus((123, 124), "resolved", 100)),
        ("#123、#124和#125 已解决", ChangeStatus((123, 124, 125), "resolved", 100)),
        ("#123 #123 已解决", ChangeStatus((123,), "resolved", 100)),
        ("#123，已解决", ChangeStatus((123,), "resolved", 100)),
        ("#123 已处理", ChangeStatus((123,), "processing", 80)),
        ("#123 处理中", ChangeStatus((123,), "processing", None)),
        ("#123 升级处理，客户很急", ChangeStatus((123,), "escalated", None, "客户很急")),
        ("#123 关闭", ChangeStatus((123,), "closed", None)),
        ("#123 取消", ChangeStatus((123,), "cancelled", None)),
        ("#123 重开", ChangeStatus((123,), "reopened", None)),
        ("#123 重新打开 又坏了", ChangeStatus((123,), "reopened", None, "又坏了")),
        ("#123 进度 60%", SetProgress((123,), 60)),
        ("#123 进度：６０％", SetProgress((123,), 60)),
        ("#123 进度60", SetProgress((123,), 60)),
        ("#123 60%，等备件", SetProgress((123,), 60, "等备件")),
        ("/帮助", Help()),
        ("帮助", Help()),
        ("@助手", Help()),
        ("@助手 ？", Help()),
        ("", Help()),
        ("   \n", Help()),
    ],
)  # fmt: skip
def test_commands(text, command):
    assert read(text) == command


@pytest.mark.parametrize(
    "words",
    ["已解决了吗？", "已解决？", "已解决吗", "未解决", "还没解决", "已解决不了", "已解决了没", "已处理了么",
     "关闭吗？", "客户明天才有空", "没有升级", "取消吧?", "已解决🤔", "已解决❓", "已解决[疑问]",
     "已解决一半", "升级失败", "进度60.5%", "进度 60%？",
     "转给王五，可以吗？", "分配给谁？", "已解决了嗎", "已解决了沒"],
)  # fmt: skip
def test_questions_negations_and_other_words_change_nothing(words):
    assert read(f"#123 {words}") == AddNote((123,), words)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("已解决", ChangeStatus((123,), "resolved", 100)),
        ("@助手 已解决，重启了", ChangeStatus((123,), "resolved", 100, "重启了")),
        ("进度 60%", SetProgress((123,), 60)),
        ("分配给@王五", AssignTicket((123,), "王五")),
        ("在路上了", AddNote((123,), "在路上了")),
        ("#124 已解决", ChangeStatus((124,), "resolved", 100)),
    ],
)
def test_under_a_quoted_card_the_number_may_be_missing(words, command):
    assert read(words, CARD) == command


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("已解决", ""), ("已解决", "随便一句话"), ("#0 已解决", ""),
     ("#0 已解决", CARD), ("已解决", "配色 #1890ff"), ("/创建工单 @客户 问题:坏了", ""),
     (" ".join(f"#{n}" for n in range(1, 23)) + " 已解决", ""),
     ("#99999999999 已解决", ""),
     ("#记录客户 张三", ""), ("#123 进度 160%", ""), ("#123 分配给", ""), ("/分配工单 @李四", ""),
     ("/分配工单 #123", ""), ("/飞", ""), ("你好呀", ""), ("长" * 20_001, "")],
)  # fmt: skip
def test_what_cannot_be_understood_gets_a_right_example(text, quoted):
    command = read(text, quoted)
    assert isinstance(command, Misunderstood)
    assert not isinstance(read(command.example), Misunderstood)


def test_a_misspelt_command_is_guessed():
    command = read("/创见工单 @张三")
    assert isinstance(command, Misunderstood)
    assert "创建工单" in command.reason


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_text_at_all_breaks_it(text, quoted):
    assert read(text, quoted) is not None


@given(st.lists(st.sampled_from(
    ["@助手", "/创建工单", "#12", "已解决", "手机:", "问题:", "客户", "@", "#", "：", " ", "进度", "9", "？"]
), max_size=30))  # fmt: skip
def test_no_mixture_of_its_own_words_breaks_it(parts):
    assert read("".join(parts), "".join(reversed(parts))) is not None


WORDS = st.text(alphabet="张王李赵abc甲乙丙丁戊云服务器", min_size=1, max_size=20)


@given(WORDS, WORDS, st.sampled_from([" ", "  ", "\u3000", "\n"]), st.sampled_from([":", "："]))
def test_a_command_put_together_is_taken_apart_again(name, problem, space, colon):
    command = read(
        f"/创建工单{space}@客户{name}{space}手机{colon}13800138000{space}问题{colon}{problem}"
    )
    assert command == CreateTicket(name, problem, phone="13800138000")


def test_help_fits_a_message_and_every_example_in_it_works():
    text = help_text("助手")
    assert len(text.encode()) <= 2048
    for name in ("/创建工单", "/查询工单", "/分配工单", "#123 已解决"):
        assert name in text


@pytest.mark.parametrize(
    "text",
    [
        "#1" + " " * 19_000 + "x",
        "#" + " " * 19_000 + "x",
        "#1 进度" + " " * 19_000 + "x",
        "#1" + " 、" * 9_000,
        "/创建工单 手机" + " " * 19_000 + "x",
        "/创建工单 " + "手机 " * 6_000,
        "/创建工单 " + "问题: " * 4_000,
        "/查询工单 手机" + " " * 19_000 + "x",
        "/查询工单 " + " " * 19_000 + "1",
        "@助手 " * 4_900,
        "@" + "a" * 19_000,
        "/" + " " * 19_000,
        "#1 已解决" + "了" * 19_000,
    ],
    ids=range(13),
)
@pytest.mark.timeout(20)
def test_no_run_of_anything_is_tried_in_every_possible_way(text):
    # Linear work ends in milliseconds; dividing the run in all ways would take minutes.
    assert read(text, quoted="#" + " " * 19_000) is not None
