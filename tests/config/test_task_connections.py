"""A worker keeps its database connection between tasks, and lets it go when the server has."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from config.tasks import purge_idempotency_records


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_the_first_task_after_the_database_was_gone_works_again():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_database()")
        pid, name = cursor.fetchone()
    base = settings.DATABASE_URL.rpartition("/")[0]
    with psycopg.connect(f"{base}/{name}", autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    purge_idempotency_records.apply(throw=True)
