"""Swaps 0 (was normal) and 1 (was deleted); the same step backwards."""

from django.db import migrations
from django.db.models import Case, Value, When


def swap(apps, schema_editor):
    customers = apps.get_model('customers', 'Customer').objects.filter(status__in=[0, 1])
    customers.update(status=Case(When(status=0, then=Value(1)), default=Value(0)))


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_status_numbers_before'),
    ]

    operations = [
        migrations.RunPython(swap, swap),
    ]
