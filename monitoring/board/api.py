"""`GET /api/monitor/snapshot`: what `/ws/monitor` tells each second, once."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.permissions import HasAccess
from messaging.api.statistics import READS
from monitoring.board.serializers import SnapshotSerializer
from monitoring.board.snapshot import snapshot


class SnapshotView(APIView):
    """Everything that the monitor shows, at most half a second old."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=SnapshotSerializer)
    def get(self, request: Request) -> Response:
        return Response(SnapshotSerializer(snapshot()).data)
