"""What may stand in a URL, so that nothing in a path can make the database complain."""

from django.urls.converters import IntConverter, StringConverter


class IdConverter(IntConverter):
    """What fits a bigint."""

    regex = "[0-9]{1,18}"


class PublicIdConverter(StringConverter):
    """A number that we give out, such as `MSG2026…`; anything else is a 404 at once."""

    regex = "[A-Za-z0-9_-]{1,64}"
