"""`/api/v1/follow-up-tasks…`: what one has to do for one's customers (contract.md §3)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.camel_case import CamelCaseInput
from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.actions.follow_up_tasks import follow_up_task_done
from customers.api.actor import actor_of
from customers.api.follow_ups.filters import TaskFilter
from customers.models import FollowUpKind, FollowUpTask
from customers.visibility import tasks_visible_to


class TaskCustomerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    company = serializers.CharField()


class FollowUpTaskSerializer(serializers.ModelSerializer[FollowUpTask]):
    """`plan` is null for a task that no plan made."""

    customer = TaskCustomerSerializer(read_only=True)
    owner = serializers.CharField(source="owner.display_name", default=None, allow_null=True)
    plan = serializers.CharField(source="enrollment.plan.name", default=None, allow_null=True)

    class Meta:
        model = FollowUpTask
        fields = [
            "id",
            "customer",
            "owner_id",
            "owner",
            "plan",
            "title",
            "content",
            "due_at",
            "status",
            "reminded_at",
            "done_at",
            "created_at",
        ]
        read_only_fields = fields


class TaskDoneSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """`note`, what came of it, is kept as a follow-up of the customer."""

    note = serializers.CharField(max_length=4000, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=FollowUpKind.choices, default=FollowUpKind.TASK)


class FollowUpTaskListView(ListAPIView[FollowUpTask]):
    """One's own tasks, the earliest first; administrators see everybody's."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.CUSTOMERS_READ)}
    queryset = FollowUpTask.objects.none()
    serializer_class = FollowUpTaskSerializer
    filterset_class = TaskFilter
    ordering_fields = ["due_at", "created_at"]

    def get_queryset(self) -> Any:
        rows = tasks_visible_to(actor_of(self.request))
        return rows.select_related("customer", "owner", "enrollment__plan").order_by("due_at", "id")


class FollowUpTaskDoneView(IdempotentPosts):
    """Done twice changes nothing; a cancelled one is a 409, a colleague's a 404."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.CUSTOMERS_WRITE)}

    @extend_schema(request=TaskDoneSerializer, responses=FollowUpTaskSerializer)
    def post(self, request: Request, pk: int) -> Response:
        serializer = TaskDoneSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = follow_up_task_done(task_id=pk, actor=actor_of(request), **serializer.validated_data)
        return Response(FollowUpTaskSerializer(task).data)
