"""Keeping the customers' daily counts."""

from datetime import date, timedelta

from django.utils import timezone

from customers.models import DailyCustomerStatistic
from customers.queries.statistics import days_counted, everybody

# A night that was missed is made up for.
BACK_DAYS = 7


def keep_days() -> list[date]:
    """Keeps yesterday, and those of the last days that have no row yet; returns which.

    Yesterday is counted again when it runs twice.
    """
    yesterday = timezone.localdate() - timedelta(days=1)
    first = yesterday - timedelta(days=BACK_DAYS - 1)
    kept = set(
        DailyCustomerStatistic.objects.filter(date__gte=first, date__lt=yesterday).values_list(
            "date", flat=True
        )
    )
    days = [
        day
        for day in days_counted(everybody(), first, yesterday, is_everybody=True)
        if day.date not in kept
    ]
    DailyCustomerStatistic.objects.bulk_create(
        [
            DailyCustomerStatistic(
                date=day.date,
                total=day.total,
                new=day.new,
                lost=day.lost,
                deleted=day.deleted,
                active=day.active,
            )
            for day in days
        ],
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["total", "new", "lost", "deleted", "active"],
    )
    return [day.date for day in days]
