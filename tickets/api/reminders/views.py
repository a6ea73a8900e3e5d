"""`POST /api/admin/reminders/run` (seed 001, contract.md §4)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.permissions import ADMINS, HasAccess, Rule
from customers.api.actor import actor_of
from tickets.reminders.actions import reminders_run


class ReminderRunSerializer(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    overdue_count = serializers.IntegerField(help_text="现在超时的工单数")
    reminders_sent = serializers.IntegerField(help_text="本次催促的工单数")


class ReminderRunView(APIView):
    """Checks for overdue tickets now; what was reminded of lately is counted, not sent again."""

    permission_classes = [HasAccess]
    access = {"post": Rule(ADMINS)}

    @extend_schema(request=None, responses=ReminderRunSerializer)
    def post(self, request: Request) -> Response:
        result = reminders_run(actor=actor_of(request), by_hand=True)
        return Response(
            {
                "success": True,
                "overdue_count": result.overdue_count,
                "reminders_sent": result.reminders_sent,
            }
        )
