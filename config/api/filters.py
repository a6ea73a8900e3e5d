"""Filters that lists of every room share."""

import datetime as dt

import django_filters
from django.forms import ValidationError
from django_filters.fields import IsoDateTimeField


class MomentField(IsoDateTimeField):
    """A time that exists in every time zone: the first and last hours of the calendar do not."""

    def clean(self, value: str) -> dt.datetime | None:
        moment: dt.datetime | None = super().clean(value)
        try:
            if moment is not None:
                moment.astimezone(dt.UTC)
        except OverflowError:
            raise ValidationError("时间超出范围", code="overflow") from None
        return moment


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField
