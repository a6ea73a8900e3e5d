"""Substring search over 100,000 customers on PostgreSQL: an index over two- and three-letter grams.

pg_trgm needs three letters, and most Chinese names have two or three. SQLite reads the table, which
is small there.
"""

from django.db import migrations

FORWARDS = """
CREATE OR REPLACE FUNCTION customers_grams(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(value, place, size)), '{}')
    FROM generate_series(1, length(value)) AS place, (VALUES (2), (3)) AS sizes (size)
    WHERE place + size - 1 <= length(value)
$$;
CREATE INDEX IF NOT EXISTS customer_search ON customers_customer USING gin (customers_grams(
    lower(name || chr(10) || phone || chr(10) || company || chr(10) || remark)));
"""
BACKWARDS = """
DROP INDEX IF EXISTS customer_search;
DROP FUNCTION IF EXISTS customers_grams(text);
"""


def run(sql):
    def on_postgresql(apps, schema_editor):
        if schema_editor.connection.vendor == 'postgresql':
            schema_editor.execute(sql, params=None)
    return on_postgresql


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0006_customer_room'),
    ]

    operations = [
        migrations.RunPython(run(FORWARDS), run(BACKWARDS)),
    ]
