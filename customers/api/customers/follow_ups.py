"""`/api/v1/customers/{id}/follow-ups`, `/api/v1/follow-ups/{id}/done` (contract.md §3)."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.camel_case import CamelCaseInput
from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.actions.follow_ups import CONTENT_LENGTH, follow_up_create, follow_up_done
from customers.api.actor import actor_of
from customers.api.moment_field import MomentField
from customers.api.staff_field import StaffField
from customers.models import FollowUp, FollowUpKind
from customers.visibility import customers_visible_to, follow_ups_visible_to


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    owner = serializers.CharField(source="owner.display_name", default=None, allow_null=True)
    author = serializers.CharField(source="author_name")

    class Meta:
        model = FollowUp
        fields = [
            "id",
            "customer_id",
            "kind",
            "content",
            "owner_id",
            "owner",
            "author_id",
            "author",
            "next_at",
            "reminded_at",
            "done_at",
            "created_at",
        ]
        read_only_fields = fields


class FollowUpCreateSerializer(CamelCaseInput, serializers.Serializer[Any]):
    content = serializers.CharField(max_length=CONTENT_LENGTH)
    kind = serializers.ChoiceField(choices=FollowUpKind.choices, default=FollowUpKind.NOTE)
    next_at = MomentField(required=False, allow_null=True, default=None)
    owner = StaffField(
        required=False,
        allow_null=True,
        default=None,
        help_text="员工的 id、用户名或企业微信账号；不填即客户的跟进人",
    )


class CustomerFollowUpsView(IdempotentPosts, GenericAPIView[FollowUp]):
    """What the team noted of one customer, newest first; outside one's view a 404."""

    permission_classes = [HasAccess]
    access = {
        "get": Rule(STAFF, Scope.CUSTOMERS_READ),
        "post": Rule(STAFF, Scope.CUSTOMERS_WRITE),
    }
    queryset = FollowUp.objects.none()
    serializer_class = FollowUpSerializer
    filter_backends: list[Any] = []

    @extend_schema(responses=FollowUpSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        customer = get_object_or_404(customers_visible_to(actor_of(request)), pk=pk)
        noted = customer.follow_ups.select_related("owner").order_by("-id")
        page: Any = self.paginate_queryset(noted)
        return self.get_paginated_response(FollowUpSerializer(page, many=True).data)

    @extend_schema(request=FollowUpCreateSerializer, responses={201: FollowUpSerializer})
    def post(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        get_object_or_404(customers_visible_to(actor), pk=pk)
        serializer = FollowUpCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        noted = follow_up_create(customer_id=pk, actor=actor, **serializer.validated_data)
        return Response(FollowUpSerializer(noted).data, status.HTTP_201_CREATED)


class FollowUpDoneView(IdempotentPosts):
    """Done twice changes nothing."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.CUSTOMERS_WRITE)}

    @extend_schema(request=None, responses=FollowUpSerializer)
    def post(self, request: Request, pk: int) -> Response:
        done = follow_up_done(follow_up_id=pk, actor=actor_of(request))
        shown = follow_ups_visible_to(actor_of(request)).select_related("owner").get(pk=done.pk)
        return Response(FollowUpSerializer(shown).data)
