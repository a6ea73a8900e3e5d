"""The status numbers become seed 003's (0 deleted, 1 normal): first what is built on the old ones."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_identifiers'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='customer',
            name='customer_phone_name_unique',
        ),
    ]
