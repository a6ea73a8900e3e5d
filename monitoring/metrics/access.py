"""Who may read `/metrics`: whoever has the token, an administrator, or an API key for it."""

import hmac

from django.conf import settings
from rest_framework.request import Request
from rest_framework.views import APIView

from config.api.permissions import HasAccess


class MetricsAccess(HasAccess):
    """The token, or what the view's `access` says."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        header = request.headers.get("Authorization", "")
        return has_token(header) or super().has_permission(request, view)


def has_token(header: str) -> bool:
    """`Bearer <METRICS_TOKEN>`; without a token set, nobody has it."""
    scheme, _, given = header.partition(" ")
    expected = str(settings.METRICS_TOKEN)
    if not expected or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), expected.encode())
