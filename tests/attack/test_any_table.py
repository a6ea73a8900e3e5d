"""Tables that come in: any bytes are a table or a refusal, soon, and nothing is half taken in."""

import io
import zipfile
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import InvalidInputError
from config.sheets import MAX_COLUMNS
from customers.actors import Entry
from customers.importing.content import read_content
from customers.models import Customer, CustomerImport
from messaging import sheets as messages

ANY = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = ["a.csv", "a.xlsx", "a.XLSX", "a", "a.xls", "a.csv.xlsx", "../../a.csv", "a\x00.xlsx"]
NOBODY = SimpleNamespace(user=None, name="对接方", entry=Entry.API)


def of_customers(raw, name):
    content, _ = read_content(io.BytesIO(raw), name, NOBODY)
    return content.rows


def of_recipients(raw, name):
    return messages.read_rows(io.BytesIO(raw), name)


READERS = [of_customers, of_recipients]
every_reader = pytest.mark.parametrize("reader", READERS)


def outcome(reader, raw, name):
    """Rows, or a refusal that names the file; nothing else comes out."""
    try:
        return reader(raw, name)
    except InvalidInputError as error:
        if error.attr != "file" or not error.detail:
            raise
        return None


HEADS = [
    "姓名,手机\r\n",
    "recipient,x\n",
    "姓名\t手机\n",
    "\ufeff姓名,手机\n",
    "",
    '"姓名","手机"\n',
    "手机;姓名\n",
]
CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            '"',
            '""',
            "\x00",
            "\r",
            "\n",
            ",",
            "\t",
            "=1+1",
            "\ufeff",
            "13800138000",
            "\ud800",
            "x" * 200_000,
        ]
    ),
)
TEXTS = st.builds(
    lambda head, rows, encoding: (head + "\n".join(",".join(row) for row in rows)).encode(
        encoding, errors="replace" if encoding != "utf-8" else "surrogatepass"
    ),
    st.sampled_from(HEADS),
    st.lists(st.lists(CELLS, max_size=4), max_size=5),
    st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-32", "latin-1", "utf-8-sig"]),
)
BYTES = st.one_of(
    st.binary(max_size=300),
    TEXTS,
    st.binary(max_size=200).map(lambda raw: b"PK\x03\x04" + raw),
    st.binary(max_size=200).map(lambda raw: b"\xd0\xcf\x11\xe0" + raw),
)


@every_reader
@ANY
@given(raw=BYTES, name=st.sampled_from(NAMES))
def test_any_bytes_are_a_table_or_a_refusal(reader, raw, name):
    outcome(reader, raw, name)


def a_workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def changed(raw, **parts):
    """The workbook with other parts: `sheet`, `strings`, `book`, or a new one."""
    places = {
        "sheet": "xl/worksheets/sheet1.xml",
        "strings": "xl/sharedStrings.xml",
        "book": "xl/workbook.xml",
        "links": "xl/_rels/workbook.xml.rels",
        "types": "[Content_Types].xml",
    }
    new = {places.get(name, name): content for name, content in parts.items()}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in {*old.namelist(), *new}:
            made.writestr(name, new[name] if name in new else old.read(name))
    return out.getvalue()


WORKBOOK = a_workbook(["姓名", "手机", "recipient"], ["张三", "13800138000", "x"])


@every_reader
@ANY
@given(
    places=st.lists(
        st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=6
    ),
    cut=st.one_of(st.none(), st.integers(0, len(WORKBOOK))),
)
def test_a_broken_workbook_is_a_table_or_a_refusal(reader, places, cut):
    raw = bytearray(WORKBOOK)
    for place, value in places:
        raw[place] = value
    outcome(reader, bytes(raw[:cut]), "a.xlsx")


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD_ROW = "".join(
    f'<c r="{column}1" t="inlineStr"><is><t>{name}</t></is></c>'
    for column, name in zip("ABC", ["姓名", "手机", "recipient"], strict=True)
)
LAUGHS = "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">'
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


def a_sheet(rows, before=""):
    return f'{before}<worksheet {MAIN}><sheetData><row r="1">{HEAD_ROW}</row>{rows}</sheetData></worksheet>'


BOMBS = {
    "much in little": lambda: changed(WORKBOOK, bomb=b"\x00" * 210_000_000),
    "a sheet that unpacks": lambda: changed(WORKBOOK, sheet=a_sheet("<row/>" * 9_000_000)),
    "many elements that are no rows": lambda: changed(WORKBOOK, sheet=a_sheet("<x/>" * 9_000_000)),
    "many words that nobody uses": lambda: changed(
        WORKBOOK, strings=f"<sst {MAIN}>" + "<si/>" * 9_000_000 + "</sst>"
    ),
    "entities within entities": lambda: changed(
        WORKBOOK,
        sheet=a_sheet(
            '<row><c t="inlineStr"><is><t>&i;</t></is></c></row>',
            f'<!DOCTYPE x [<!ENTITY a "{"a" * 100}">{LAUGHS}]>',
        ),
    ),
    "a file of ours": lambda: changed(
        WORKBOOK,
        sheet=a_sheet(
            '<row r="2"><c r="A2" t="inlineStr"><is><t>&e;</t></is></c></row>',
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        ),
    ),
    "a cell far to the right": lambda: changed(
        WORKBOOK, sheet=a_sheet('<row r="2"><c r="XFD2" t="n"><v>1</v></c></row>' * 50)
    ),
    "a column that is none": lambda: changed(
        WORKBOOK, sheet=a_sheet('<row r="2"><c r="ZZZZZZZ2" t="n"><v>1</v></c></row>')
    ),
    "a row far below": lambda: changed(
        WORKBOOK, sheet=a_sheet('<row r="99999999"><c r="A99999999" t="n"><v>1</v></c></row>')
    ),
    "a shared word that is not there": lambda: changed(
        WORKBOOK, sheet=a_sheet('<row r="2"><c r="A2" t="s"><v>999999</v></c></row>')
    ),
    "nesting": lambda: changed(WORKBOOK, sheet=a_sheet("<a>" * 100_000 + "</a>" * 100_000)),
    "no sheet": lambda: changed(WORKBOOK, book=f"<workbook {MAIN}><sheets/></workbook>"),
    "a sheet elsewhere": lambda: changed(
        WORKBOOK,
        links=zipfile.ZipFile(io.BytesIO(WORKBOOK))
        .read("xl/_rels/workbook.xml.rels")
        .replace(b"/xl/worksheets/sheet1.xml", b"file:///etc/passwd"),
    ),
    "a workbook in itself": lambda: changed(WORKBOOK, sheet=WORKBOOK),
    "a name with a way out": lambda: changed(WORKBOOK, **{"../../../../tmp/out.xml": "<x/>"}),
    "the most columns and one": lambda: a_workbook(
        ["姓名", "手机", "recipient"], ["x"] * (MAX_COLUMNS + 1)
    ),
    "a million columns": lambda: ("姓名,手机,recipient\n" + "," * 1_000_000).encode("utf-8"),
    "a million columns in the head": lambda: ("姓名,手机,recipient" + ",x" * 1_000_000).encode(
        "utf-8"
    ),
    "one long cell": lambda: ("姓名,手机,recipient\n" + "x" * 5_000_000).encode("utf-8"),
    "an open quotation": lambda: ('姓名,手机,recipient\n"' + "x,\n" * 100_000).encode("utf-8"),
    "nothing but nothing": lambda: b"\x00" * 5_000_000,
    "nothing but commas": lambda: b"," * 900 + b"\n" + (b"," * 900 + b"\n") * 3000,
    "nothing but lines": lambda: b"\n" * 2_000_000,
}


TOO_LARGE = {
    "much in little", "a sheet that unpacks", "many elements that are no rows", "many words that nobody uses",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(TOO_LARGE))
def test_what_is_larger_than_it_looks_is_refused_before_it_is_taken_apart(kind, monkeypatch):
    """Or a hundred kilobytes fill gigabytes of memory."""
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("taken apart"))
    assert outcome(of_recipients, BOMBS[kind](), "a.xlsx") is None


@every_reader
@pytest.mark.parametrize("kind", sorted({*BOMBS} - TOO_LARGE))
def test_a_bomb_is_refused_or_harmless(reader, kind):
    """The suite's own deadline for a test bounds what it costs."""
    raw = BOMBS[kind]()
    rows = outcome(reader, raw, "a.xlsx" if raw[:2] == b"PK" else "a.csv")
    assert "root:" not in repr(rows)[:100_000]
    assert rows is None or len(rows) <= 50


# --- Through the doors: nothing half done -----------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind",
    sorted(
        {*BOMBS}
        - {
            "much in little",
            "a sheet that unpacks",
            "a cell far to the right",
            "nothing but commas",
        }
    ),
)
def test_the_door_refuses_it_and_keeps_nothing(api, admin, run_outbox, kind):
    raw = BOMBS[kind]()
    file = SimpleUploadedFile("a.xlsx" if raw[:2] == b"PK" else "a.csv", raw)
    answer = api(admin).post("/api/v1/customers/import", {"file": file}, format="multipart")
    if answer.status_code == 202:
        run_outbox()
        job = CustomerImport.objects.get()
        assert job.status == "finished"
        assert Customer.objects.count() == job.created_count
    else:
        assert answer.status_code == 400, answer.content
        assert not CustomerImport.objects.exists()
        assert not Customer.objects.exists()


@pytest.mark.django_db
@ANY
@given(raw=TEXTS)
def test_any_table_is_worked_to_its_end(api, admin, run_outbox, raw):
    file = SimpleUploadedFile("a.csv", raw)
    answer = api(admin).post("/api/v1/customers/import", {"file": file}, format="multipart")
    assert answer.status_code in (202, 400), answer.content
    run_outbox()
    assert not CustomerImport.objects.exclude(status="finished").exists()
    for job in CustomerImport.objects.all():
        told = job.created_count + job.updated_count + job.unchanged_count + job.failed_count
        assert told == job.total == job.position
