"""`GET /metrics`."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from config.api.keys import Scope
from config.api.permissions import ADMINS, Rule
from monitoring.metrics import exposition
from monitoring.metrics.access import MetricsAccess, has_token


class MetricsView(APIView):
    """Figures of the whole system, whichever process is asked."""

    permission_classes = [MetricsAccess]
    access: dict[str, Any] = {"get": Rule(ADMINS, Scope.METRICS_READ)}

    def get_authenticators(self) -> list[BaseAuthentication]:
        """The token is no JWT: whoever brings it is not asked for one."""
        header = self.request.headers.get("Authorization", "") if self.request else ""
        return [] if has_token(header) else super().get_authenticators()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(exposition.text(), content_type=CONTENT_TYPE_LATEST)
