"""A worker keeps its database connection between tasks, and lets it go when the server has."""

import psycopg
import pytest
from celery.app.trace import build_tracer
from django.conf import settings
from django.db import connection

from config.celery import app
from config.tasks import purge_idempotency_records


def worked(task):
    """Whether a task ends well when it is run as a worker runs it."""
    tracer = build_tracer(task.name, task, app=app)
    request = {"id": "1", "is_eager": False, "delivery_info": {}, "ignore_result": True}
    return tracer("1", (), {}, request).info is None


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_the_first_task_after_the_database_was_gone_works_again():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_database()")
        pid, name = cursor.fetchone()
    base = settings.DATABASE_URL.rpartition("/")[0]
    with psycopg.connect(f"{base}/{name}", autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    assert worked(purge_idempotency_records)
