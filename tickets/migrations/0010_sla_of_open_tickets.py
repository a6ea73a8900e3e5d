"""Tickets that are open already are looked at when their deadline comes."""

from django.db import migrations
from django.db.models import F

OPEN = ("pending", "assigned", "processing", "escalated")


def arm(apps, schema_editor):
    tickets = apps.get_model("tickets", "Ticket").objects.using(schema_editor.connection.alias)
    tickets.filter(status__in=OPEN, sla_check_at=None, waiting_since=None).update(
        sla_check_at=F("deadline"), sla_started_at=F("created_at")
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_sla_clock")]

    operations = [migrations.RunPython(arm, migrations.RunPython.noop)]
