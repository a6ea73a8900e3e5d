"""Filters that lists of every room share."""

import datetime as dt
from typing import Any

import django_filters
from django.db import models
from django.forms import Field, TextInput, ValidationError
from django_filters import rest_framework as rest_filters
from django_filters.fields import IsoDateTimeField
from rest_framework.request import Request

from config.errors import InvalidInputError

_WORDS = {"true": True, "1": True, "false": False, "0": False}
_YES_OR_NO = "必须是 true 或 false"


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


class YesNoField(Field):
    """`true` or `false`; Django's own field takes any other word for no filter at all."""

    widget = TextInput

    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        try:
            return _WORDS[str(value).lower()]
        except KeyError:
            raise ValidationError(_YES_OR_NO, code="invalid") from None


class YesNoFilter(django_filters.BooleanFilter):
    field_class = YesNoField


class _NamedFields(rest_filters.FilterSet):
    """What `filterset_fields` of a view become."""

    FILTER_DEFAULTS = {
        **rest_filters.FilterSet.FILTER_DEFAULTS,
        models.BooleanField: {"filter_class": YesNoFilter},
    }


class FilterBackend(rest_filters.DjangoFilterBackend):
    filterset_base = _NamedFields


def asked_yes(request: Request, name: str) -> bool:
    """Whether `?name=true`; raises `InvalidInputError` naming it for what is neither yes nor no."""
    text = request.query_params.get(name, "")
    try:
        return bool(text) and _WORDS[text.lower()]
    except KeyError:
        raise InvalidInputError(_YES_OR_NO, attr=name) from None
