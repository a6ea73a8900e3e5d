"""`GET /api/config/processes`: which versions every process uses now."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.permissions import HasAccess
from config.redis_link import RedisAway
from config.runtime.api.entries import READS
from config.runtime.api.serializers import RuntimeProcessesSerializer
from config.runtime.in_use import ProcessInUse, in_use


class ProcessesView(APIView):
    """Those that have shown themselves in the last seconds, and what each has not yet taken over."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=RuntimeProcessesSerializer)
    def get(self, request: Request) -> Response:
        found: list[ProcessInUse] = []
        is_known = True
        try:
            found = in_use()
        except RedisAway:
            is_known = False
        return Response(RuntimeProcessesSerializer({"is_known": is_known, "list": found}).data)
