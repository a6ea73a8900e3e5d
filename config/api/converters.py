"""Ids in URLs: what fits a bigint, so that no number in a path can make the database complain."""

from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    regex = "[0-9]{1,18}"
