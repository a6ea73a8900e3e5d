"""`/api/v1/follow-up-plans…` and a customer's plans (contract.md §3)."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.camel_case import CamelCaseInput
from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, STAFF, HasAccess, Rule
from config.errors import InvalidInputError
from customers.actions.enrollments import customer_enroll, enrollment_stop
from customers.actions.plans import plan_remove, plan_save
from customers.api.actor import actor_of
from customers.models import FollowUpPlan, PlanEnrollment, PlanStep, PlanTrigger, Stage, Tag
from customers.visibility import customers_visible_to

MAX_ID = 2**63 - 1


class PlanStepSerializer(serializers.ModelSerializer[PlanStep]):
    class Meta:
        model = PlanStep
        fields = ["id", "day", "hour", "title", "content"]
        read_only_fields = fields


class PlanSerializer(serializers.ModelSerializer[FollowUpPlan]):
    steps = PlanStepSerializer(many=True, read_only=True)

    class Meta:
        model = FollowUpPlan
        fields = [
            "id",
            "name",
            "trigger",
            "trigger_tag_id",
            "trigger_stage",
            "stops_on_reply",
            "is_active",
            "steps",
            "created_at",
        ]
        read_only_fields = fields


class PlanStepInputSerializer(serializers.Serializer[Any]):
    """`day` 0 is the day of the trigger, `hour` local time; with `id` a step that is there already."""

    id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    day = serializers.IntegerField(min_value=0, max_value=365, default=0)
    hour = serializers.IntegerField(min_value=0, max_value=23, default=9)
    title = serializers.CharField(max_length=100)
    content = serializers.CharField(max_length=5000, default="", allow_blank=True)


class PlanInputSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """`steps` are all of them: what is left out is removed."""

    name = serializers.CharField(max_length=100)
    trigger = serializers.ChoiceField(choices=PlanTrigger.choices)
    trigger_tag_id = serializers.IntegerField(
        min_value=1, max_value=MAX_ID, required=False, allow_null=True
    )
    trigger_stage = serializers.ChoiceField(choices=Stage.choices, required=False, allow_blank=True)
    stops_on_reply = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)
    steps = PlanStepInputSerializer(many=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if unknown := self.unknown_names():
            raise serializers.ValidationError(dict.fromkeys(unknown, "没有这个字段"))
        return attrs


class EnrollSerializer(CamelCaseInput, serializers.Serializer[Any]):
    plan_id = serializers.IntegerField(min_value=1, max_value=MAX_ID)


class EnrollmentSerializer(serializers.ModelSerializer[PlanEnrollment]):
    plan_name = serializers.CharField(source="plan.name")

    class Meta:
        model = PlanEnrollment
        fields = ["id", "plan_id", "plan_name", "status", "reason", "started_at", "ended_at"]
        read_only_fields = fields


class PlanViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[FollowUpPlan]
):
    """Plans are the team's to read and administrators' to change."""

    permission_classes = [HasAccess]
    access = {
        "list": Rule(STAFF, Scope.CUSTOMERS_READ),
        "retrieve": Rule(STAFF, Scope.CUSTOMERS_READ),
        "create": Rule(ADMINS, Scope.CUSTOMERS_WRITE),
        "update": Rule(ADMINS, Scope.CUSTOMERS_WRITE),
        "partial_update": Rule(ADMINS, Scope.CUSTOMERS_WRITE),
        "destroy": Rule(ADMINS, Scope.CUSTOMERS_WRITE),
    }
    queryset = FollowUpPlan.objects.prefetch_related("steps").order_by("-id")
    serializer_class = PlanSerializer
    filterset_fields = ["trigger", "is_active"]
    ordering_fields = ["name", "created_at"]

    @extend_schema(request=PlanInputSerializer, responses={201: PlanSerializer})
    def create(self, request: Request) -> Response:
        plan = self._save(request, FollowUpPlan(), partial=False)
        return Response(PlanSerializer(plan).data, status.HTTP_201_CREATED)

    @extend_schema(request=PlanInputSerializer, responses=PlanSerializer)
    def update(self, request: Request, pk: int) -> Response:
        return Response(PlanSerializer(self._save(request, self._plan(pk), partial=False)).data)

    @extend_schema(request=PlanInputSerializer, responses=PlanSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        return Response(PlanSerializer(self._save(request, self._plan(pk), partial=True)).data)

    @extend_schema(responses={200: PlanSerializer, 204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """One that was ever used is only switched off: its tasks tell what was done."""
        plan = self._plan(pk)
        if plan_remove(plan, actor=actor_of(request)):
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(PlanSerializer(self._plan(pk)).data)

    def _plan(self, pk: int) -> FollowUpPlan:
        return get_object_or_404(self.get_queryset(), pk=pk)

    def _save(self, request: Request, plan: FollowUpPlan, *, partial: bool) -> FollowUpPlan:
        serializer = PlanInputSerializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        steps = fields.pop("steps", None)
        if "trigger_tag_id" in fields:
            fields["trigger_tag"] = _tag(fields.pop("trigger_tag_id"))
        plan_save(plan, fields=cast("Any", fields), steps=steps, actor=actor_of(request))
        return self._plan(plan.pk)


class CustomerPlansView(IdempotentPosts, GenericAPIView[PlanEnrollment]):
    """Which plans a customer is or was in, newest first; outside one's view a 404."""

    permission_classes = [HasAccess]
    access = {
        "get": Rule(STAFF, Scope.CUSTOMERS_READ),
        "post": Rule(STAFF, Scope.CUSTOMERS_WRITE),
    }
    queryset = PlanEnrollment.objects.none()
    serializer_class = EnrollmentSerializer
    filter_backends: list[Any] = []

    @extend_schema(responses=EnrollmentSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        customer = get_object_or_404(customers_visible_to(actor_of(request)), pk=pk)
        found: QuerySet[PlanEnrollment] = customer.plan_enrollments.select_related("plan")
        page: Any = self.paginate_queryset(found.order_by("-id"))
        return self.get_paginated_response(EnrollmentSerializer(page, many=True).data)

    @extend_schema(request=EnrollSerializer, responses={201: EnrollmentSerializer})
    def post(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        get_object_or_404(customers_visible_to(actor), pk=pk)
        serializer = EnrollSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        plan_id = serializer.validated_data["plan_id"]
        enrollment = customer_enroll(customer_id=pk, plan_id=plan_id, actor=actor)
        return Response(EnrollmentSerializer(enrollment).data, status.HTTP_201_CREATED)


class EnrollmentStopView(IdempotentPosts):
    """Takes the customer out of the plan and cancels its open tasks."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.CUSTOMERS_WRITE)}

    @extend_schema(request=None, responses=EnrollmentSerializer)
    def post(self, request: Request, pk: int, enrollment_id: int) -> Response:
        enrollment = enrollment_stop(
            customer_id=pk, enrollment_id=enrollment_id, actor=actor_of(request)
        )
        return Response(EnrollmentSerializer(enrollment).data)


def _tag(pk: int | None) -> Tag | None:
    if pk is None:
        return None
    tag = Tag.objects.filter(pk=pk).first()
    if tag is None:
        raise InvalidInputError("没有这个标签", code="not_found", attr="trigger_tag_id")
    return tag
