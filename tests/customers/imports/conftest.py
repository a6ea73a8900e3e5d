"""Tables of customers, sent as files."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

PATH = "/api/v1/customers/import"


def table(rows):
    """CSV text of rows of cells."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def send(api):
    """Posts a table; answers with the response."""

    def post(user, content, *, name="customers.csv", dry_run=False, **headers):
        raw = content if isinstance(content, bytes) else table(content)
        file = SimpleUploadedFile(name, raw)
        data = {"file": file, "dry_run": "true" if dry_run else "false"}
        return api(user).post(PATH, data, format="multipart", headers=headers)

    return post


@pytest.fixture
def imported(api, send, run_outbox):
    """Posts a table and works it; answers with what the import's page says."""

    def run(user, content, **options):
        answer = send(user, content, **options)
        assert answer.status_code == 202, answer.json()
        run_outbox()
        return api(user).get(answer.json()["status_url"]).json()

    return run
