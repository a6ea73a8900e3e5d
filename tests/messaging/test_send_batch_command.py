"""`manage.py send_batch`: a table of recipients in, a table of what became of them out."""

import csv
import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from messaging.channels.base import Outcome, Result
from messaging.management.commands import send_batch
from messaging.models import Message, MessageBatch
from messaging.sending.work import send_messages

pytestmark = pytest.mark.django_db

TABLE = "姓名,手机,内容\n张三,r1,开会\n李四,r2,加班\n"


@pytest.fixture(autouse=True)
def template(new_template):
    return new_template(body="{{姓名}}：{{内容}}")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command on a file; while it waits, the messages are sent."""

    def work(_seconds):
        send_messages(list(Message.objects.order_by("pk").values_list("pk", flat=True)))

    monkeypatch.setattr(send_batch.time, "sleep", work)

    def command(content, *arguments, name="list.csv"):
        file = tmp_path / name
        if isinstance(content, (str, bytes)):
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            content.save(file)
        said = io.StringIO()
        call_command("send_batch", str(file), "--template", "notice", *arguments, stdout=said)
        return said.getvalue()

    return command


def results(tmp_path, name="list.result.csv"):
    raw = (tmp_path / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "a spreadsheet takes it for UTF-8"
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def sheet(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_csv_of_any_usual_encoding_is_sent_and_reported(run, tmp_path, channel, encoding):
    said = run(TABLE.encode(encoding))
    assert "已受理 2 条，拒绝 0 条" in said
    assert "100%  2/2" in said
    assert [o.payload["body"] for o in channel.received] == ["张三：开会", "李四：加班"]
    rows = results(tmp_path)
    assert [(row["line"], row["recipient"], row["status"]) for row in rows] == [
        ("2", "r1", "sent"), ("3", "r2", "sent"),
    ]  # fmt: skip
    assert {row["message_id"] for row in rows} == set(
        Message.objects.values_list("message_id", flat=True)
    )


def test_a_spreadsheet_is_read_with_its_numbers_as_people_wrote_them(run, channel):
    run(
        sheet([["手机", "姓名", "内容"], [13800138000, "张三", 7], [1.38e10, "李四", None]]),
        "--no-wait",
        name="list.xlsx",
    )
    assert list(Message.objects.order_by("pk").values_list("recipient", "variables")) == [
        ("13800138000", {"姓名": "张三", "内容": "7"}),
    ]


def test_bad_rows_are_named_by_their_line_and_sink_nobody(run, tmp_path, channel):
    content = (
        "recipient,姓名,内容\n"
        "r1,张三,一\n"
        "\n"
        'bad1,李四,"两行\n的内容"\n'
        "r2,王五,\n"
        "r1,张三,一\n"
        ",赵六,四\n"
        'r3,钱七,"含,逗号\n和换行"\n'
    )
    said = run(content)
    assert "已受理 2 条，拒绝 4 条" in said
    for line in (4, 6, 7, 8):
        assert f"第 {line} 行：" in said
    rows = results(tmp_path)
    assert [(int(row["line"]), row["status"], row["error_code"]) for row in rows] == [
        (2, "sent", ""),
        (4, "rejected", "bad_recipient"),
        (6, "rejected", "missing_variable"),
        (7, "rejected", "duplicate"),
        (8, "rejected", "bad_recipient"),
        (9, "sent", ""),
    ]
    assert channel.received[1].payload["body"] == "钱七：含,逗号\n和换行"


def test_what_failed_is_in_the_result_with_its_reason(run, tmp_path, channel):
    channel.script = [Result(Outcome.PERMANENT, "60111", "号码无效")]
    assert "失败 1" in run(TABLE)
    first, second = results(tmp_path)
    assert (first["status"], first["error_code"], first["error_detail"]) == (
        "failed", "60111", "号码无效",
    )  # fmt: skip
    assert second["status"] == "sent"


def test_many_rows_are_several_batches_and_keep_their_lines(run, tmp_path, monkeypatch):
    monkeypatch.setattr(send_batch, "MAX_BATCH", 3)
    rows = ["a", "b", "c", "bad1", "bad2", "bad3", "d", "bad4"]
    run("recipient,姓名,内容\n" + "".join(f"{row},x,y\n" for row in rows))
    assert [batch.total for batch in MessageBatch.objects.order_by("pk")] == [3, 1]
    assert [(row["line"], row["recipient"], row["status"]) for row in results(tmp_path)] == [
        (str(line), row, "rejected" if row.startswith("bad") else "sent")
        for line, row in enumerate(rows, start=2)
    ]


def test_the_result_goes_where_it_is_asked_for_and_priority_is_obeyed(run, tmp_path):
    run(TABLE, "--result", str(tmp_path / "out.csv"), "--priority", "9", "--no-wait")
    rows = results(tmp_path, "out.csv")
    assert [row["status"] for row in rows] == ["queued", "queued"]
    assert set(Message.objects.values_list("priority", flat=True)) == {9}


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(run, tmp_path):
    run("recipient,姓名,内容\n\"=cmd|' /C calc'!A0\",x,y\n+8613800138000,x,y\n")
    assert [row["recipient"] for row in results(tmp_path)] == [
        "'=cmd|' /C calc'!A0", "+8613800138000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "list.csv", "第一行须有列名"),
        ("姓名,内容\n张三,开会\n", "list.csv", "第一行须有列名"),
        ("recipient,姓名\nr1,张三\n", "list.csv", "缺少列：内容"),
        ("recipient,姓名,内容,内容\nr1,a,b,c\n", "list.csv", "列名重复：内容"),
        ("recipient,姓名,内容\n", "list.csv", "没有接收方"),
        ("recipient,姓名,内容\nbad1,a,b\n", "list.csv", "没有可用的接收方"),
        (b"\xff\xfe\x00\xd8", "list.csv", "编码"),
        ('recipient,姓名,内容\n"' + "x" * 200_000, "list.csv", "不是有效的 CSV"),
        (b"PK\x03\x04 broken", "list.xlsx", "不是有效的 XLSX"),
        ("recipient\n", "list.xlsx", "不是有效的 XLSX"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(run, content, name, said):
    with pytest.raises(CommandError, match=said):
        run(content, name=name)
    assert not Message.objects.exists()


def test_all_bad_rows_are_still_reported(run, tmp_path):
    with pytest.raises(CommandError):
        run("recipient,姓名,内容\nbad1,a,b\n")
    (row,) = results(tmp_path)
    assert (row["line"], row["error_code"]) == ("2", "bad_recipient")


def test_nothing_is_sent_when_nobody_could_read_the_result(run, tmp_path):
    with pytest.raises(CommandError, match="结果文件"):
        run(TABLE, "--result", str(tmp_path / "no" / "such" / "folder.csv"))
    assert not Message.objects.exists()


def test_no_file_and_no_template_are_told(run, tmp_path, template):
    with pytest.raises(CommandError, match="没有文件"):
        call_command("send_batch", str(tmp_path / "none.csv"), "--template", "notice")
    with pytest.raises(CommandError, match="没有这个模板"):
        call_command("send_batch", str(tmp_path / "none.csv"), "--template", "nothing")
