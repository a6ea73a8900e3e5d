"""No cell of a table that leaves us is a formula, whoever wrote what stands in it."""

import ast
import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings as django_settings
from drf_spectacular.generators import SchemaGenerator
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.sheets import as_typed, csv_stream, xlsx_stream
from customers.models import CustomerImport, ImportRowError
from monitoring.reports.registry import REPORTS
from tests.factories import CustomerFactory, TicketFactory

DEEP = settings(max_examples=300, deadline=None, derandomize=True)
SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "−", "﹦"]
UNSEEN = [
    "",
    " ",
    "\u3000",
    "\xa0",
    "\u200b",
    "\ufeff",
    "\u202e",
    "\x0b",
    "\xad",
    "'",
    "\x00",
    "  \u2060",
]
POISON = [
    f"{unseen}{sign}cmd|' /C calc'!A0"
    for sign in SIGNS
    for unseen in UNSEEN
    if unseen != "'" and not (unseen and sign.isspace())
]
# What a spreadsheet may take for a formula, looked for in another way than the exports do.


def is_dangerous(cell):
    if cell.startswith("'") or re.fullmatch("[+-][0-9]+", cell):
        return False
    seen = "".join(sign for sign in cell if sign.isprintable() and not sign.isspace())
    return seen[:1] in tuple("=+-@＝＋－＠−﹦") or cell[:1] in ("\t", "\r", "\n")


def cells_of_csv(raw):
    lines = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    return [cell for line in lines for cell in line]


@pytest.mark.parametrize("text", POISON)
def test_a_formula_is_words_wherever_it_stands(text):
    raw = b"".join(csv_stream([text, "b"], [[text, text], [text, "x"]]))
    assert cells_of_csv(raw).count(f"'{text}") == 4
    assert not [cell for cell in cells_of_csv(raw) if is_dangerous(cell)]


ODD = st.builds("".join, st.lists(
    st.one_of(st.sampled_from([*SIGNS, *UNSEEN, "1", ",", '"', ";", "A1", "|"]), st.characters(codec="utf-8")),
    max_size=8,
))  # fmt: skip


@DEEP
@given(st.lists(st.lists(ODD, min_size=2, max_size=2), max_size=4))
@example([["'=1", "''=1"], ["'+86", "+86"], ["' =1", "'x"], ["\ufeff=1", "\r\n=1"]])
def test_any_cells_go_out_harmless_and_come_back_as_they_were(rows):
    raw = b"".join(csv_stream(["a", "b"], rows))
    found = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert not [cell for line in found for cell in line if is_dangerous(cell)]
    assert [[as_typed(cell) for cell in line] for line in found[1:]] == rows


@DEEP
@given(st.lists(st.lists(ODD, min_size=1, max_size=3), max_size=4))
def test_a_workbook_holds_words_alone(rows):
    raw = b"".join(xlsx_stream(["a"], rows))
    book = openpyxl.load_workbook(io.BytesIO(raw))
    for line in book.active.iter_rows():
        for cell in line:
            assert cell.value is None or cell.data_type == "s" or cell.data_type == "inlineStr"


# --- Every door -----------------------------------------------------------------------------------


def _sources():
    for package in ("config", "customers", "messaging", "tickets", "wechat", "monitoring"):
        for path in sorted((Path(django_settings.BASE_DIR) / package).rglob("*.py")):
            yield path.relative_to(django_settings.BASE_DIR).as_posix(), ast.parse(path.read_text())


def test_tables_are_written_in_one_place_only():
    """Whoever writes CSV by hand forgets the mark: `csv.writer` and its like stand nowhere else."""
    found = {
        place
        for place, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("csv.writer", "csv.DictWriter", "openpyxl.Workbook")
    }
    assert found == {"config/sheets.py"}


def test_no_answer_calls_itself_a_table_but_those_of_that_place():
    found = {
        place
        for place, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg in ("content_type", "headers")
        and re.search("csv|spreadsheet|excel", ast.unparse(node.value).lower())
    }
    assert found <= {"config/api/downloads.py"}


def addresses_of_tables():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return {
        path
        for path, verbs in schema["paths"].items()
        for verb in verbs.values()
        if isinstance(verb, dict)
        for answer in verb.get("responses", {}).values()
        if "text/csv" in answer.get("content", {})
    }


def calls(path, customer, job):
    """What gets all tables there; a report has several."""
    filled = path.replace("{import_id}", job.import_id).replace("{customer_id}", str(customer.pk))
    assert "{" not in filled, "say above what stands there"
    report = next((one for one in REPORTS if filled == f"/api/reports/{one.name}/export"), None)
    if report is None:
        return [f"{filled}?as=csv"]
    return [f"{filled}?table={table.name}" for table in report.tables]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["=1+1", "\u3000＝1", "\ufeff@SUM(A1)", "\t=1"])
def test_no_table_of_any_address_holds_a_formula(api, admin, lisi, text):
    """The addresses are read from the schema: a new one is asked too."""
    lisi.name = text
    lisi.save()
    customer = CustomerFactory(
        name=text, company=text, remark=text, follow_user=lisi, risk_score=90
    )
    TicketFactory(customer=customer, assignee=lisi, status="assigned", title=text, product=text)
    job = CustomerImport.objects.create(
        import_id="IMP1", file_name=text, content=b"", digest="x", total=1, created_by=admin
    )
    ImportRowError.objects.create(job=job, line=1, field=text, code=text, detail=text)
    found = addresses_of_tables()
    assert len(found) >= 4, found
    seen = 0
    for path in found:
        for address in calls(path, customer, job):
            answer = api(admin).get(address)
            assert answer.status_code == 200, (address, answer.content)
            assert answer["Content-Type"].startswith("text/csv"), address
            assert answer["Content-Disposition"].startswith("attachment;"), address
            assert answer["X-Content-Type-Options"] == "nosniff"
            cells = cells_of_csv(b"".join(answer.streaming_content))
            assert not [cell for cell in cells if is_dangerous(cell)], address
            seen += sum(1 for cell in cells if cell == f"'{text}")
    assert seen > 5, "the words were in the tables"
