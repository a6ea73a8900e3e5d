"""docs/jobs.md lists every job and every table that is cleaned."""

from pathlib import Path

from config import retention
from monitoring.jobs.catalogue import all_jobs

ROWS = Path("docs/jobs.md").read_text().splitlines()


def test_every_job_stands_in_the_document_with_its_schedule():
    listed = {tuple(row.split(" | ")[:2]) for row in ROWS if row.startswith("| ")}
    missing = {
        job.name for job in all_jobs().values() if (f"| {job.name}", job.words) not in listed
    }
    assert missing == set()


def test_every_table_stands_in_the_document_with_its_days():
    missing = {
        table.key
        for table in retention.tables()
        if f"| `{table.key}` | {table.label} | {table.days} | {table.least} |" not in ROWS
    }
    assert missing == set()
