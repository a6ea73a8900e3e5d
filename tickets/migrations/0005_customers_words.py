"""Events that a customer wrote are marked as theirs; before, only their login told it."""

from django.db import migrations


def mark(apps, schema_editor):
    events = apps.get_model("tickets", "TicketEvent").objects.using(schema_editor.connection.alias)
    events.filter(actor__role="customer").update(is_from_customer=True)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_room")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
