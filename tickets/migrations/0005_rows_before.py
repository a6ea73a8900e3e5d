"""What rows from before the room was built need: whose words they are, and when to look at them."""

from django.db import migrations
from django.db.models import F

OPEN = ("pending", "assigned", "processing", "escalated")


def mark(apps, schema_editor):
    """Events that a customer wrote are marked as theirs; before, only their login told it."""
    events = apps.get_model("tickets", "TicketEvent").objects.using(schema_editor.connection.alias)
    events.filter(actor__role="customer").update(is_from_customer=True)


def arm(apps, schema_editor):
    """Tickets that are open already are looked at when their deadline comes."""
    tickets = apps.get_model("tickets", "Ticket").objects.using(schema_editor.connection.alias)
    tickets.filter(status__in=OPEN, sla_check_at=None, waiting_since=None).update(
        sla_check_at=F("deadline"), sla_started_at=F("created_at")
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_room")]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.RunPython(arm, migrations.RunPython.noop),
    ]
