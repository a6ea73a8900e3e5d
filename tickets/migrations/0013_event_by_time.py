"""An index for the operators' history of all tickets."""

from django.db import migrations, models

from config.database.online_indexes import AddIndexOnline


class Migration(migrations.Migration):
    # Made while tickets go on being written.
    atomic = False

    dependencies = [("tickets", "0012_chat_given_back")]

    operations = [
        AddIndexOnline(
            model_name="ticketevent",
            index=models.Index(fields=["-created_at", "-id"], name="ticket_event_by_time"),
        )
    ]
