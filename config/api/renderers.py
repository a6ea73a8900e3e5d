"""JSON answers, and remembered ones sent again byte for byte."""

from typing import Any

from rest_framework.renderers import JSONRenderer


class Rendered(str):
    """A body that is JSON already."""


class ApiJSONRenderer(JSONRenderer):
    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Any = None,
    ) -> bytes:
        if isinstance(data, Rendered):
            return data.encode()
        return super().render(data, accepted_media_type, renderer_context)
