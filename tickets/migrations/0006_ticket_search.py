"""Substring search and similar tickets over 100,000 tickets on PostgreSQL: indexes over grams.

The function is the customers' search's. Without statistics on its grams PostgreSQL always asks the
index; with them a frequent word makes it cut every row into grams (customers 0008). SQLite reads the
tables, which are small there.
"""

from django.db import migrations

FORWARDS = """
CREATE INDEX IF NOT EXISTS ticket_search ON tickets_ticket USING gin (customers_grams(
    lower(title || chr(10) || description)));
ALTER INDEX ticket_search ALTER COLUMN 1 SET STATISTICS 0;
CREATE INDEX IF NOT EXISTS ticket_reply_search ON tickets_ticketevent USING gin (customers_grams(
    lower(content))) WHERE kind = 'reply';
ALTER INDEX ticket_reply_search ALTER COLUMN 1 SET STATISTICS 0;
"""
BACKWARDS = """
DROP INDEX IF EXISTS ticket_reply_search;
DROP INDEX IF EXISTS ticket_search;
"""


def run(sql):
    def on_postgresql(apps, schema_editor):
        if schema_editor.connection.vendor == 'postgresql':
            schema_editor.execute(sql, params=None)
    return on_postgresql


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0005_rows_before'),
        ('customers', '0008_search_by_index'),
    ]

    operations = [
        migrations.RunPython(run(FORWARDS), run(BACKWARDS)),
    ]
