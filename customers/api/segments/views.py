"""`/api/v1/segments`: saved filters, live (contract.md §3)."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.validated import validated
from customers.actions import segments as acts
from customers.api.actor import actor_of
from customers.api.customers.serializers import CustomerSerializer
from customers.api.segments import serializers as s
from customers.conditions import customers_matching, in_words, parse
from customers.conditions.describing import language
from customers.models import Customer, Segment
from customers.queries.customers import customers_shown
from customers.queries.segments import segment_customers, segment_named
from customers.visibility import customers_visible_to, segments_visible_to

READS = Rule(STAFF, Scope.CUSTOMERS_READ)
WRITES = Rule(STAFF, Scope.CUSTOMERS_WRITE)
PREVIEWED = 10


class SegmentViewSet(ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[Segment]):
    """One's own and the team's; whom they find is within the caller's view."""

    permission_classes = [HasAccess]
    access = {
        "list": READS,
        "retrieve": READS,
        "create": WRITES,
        "update": WRITES,
        "partial_update": WRITES,
        "destroy": WRITES,
    }
    queryset = Segment.objects.none()
    serializer_class = s.SegmentSerializer
    ordering_fields = ["name", "created_at", "updated_at"]

    def get_queryset(self) -> QuerySet[Segment]:
        return segments_visible_to(actor_of(self.request)).select_related("owner").order_by("-id")

    @extend_schema(request=s.SegmentWriteSerializer, responses={201: s.SegmentSerializer})
    def create(self, request: Request) -> Response:
        data = validated(s.SegmentWriteSerializer(data=request.data))
        made = acts.segment_create(actor=actor_of(request), **data)
        return Response(s.SegmentSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.SegmentWriteSerializer)
    def update(self, request: Request, pk: int) -> Response:
        return self._edit(request, pk, is_partial=False)

    @extend_schema(request=s.SegmentWriteSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        return self._edit(request, pk, is_partial=True)

    def _edit(self, request: Request, pk: int, *, is_partial: bool) -> Response:
        """Somebody else's that the team shares: 403."""
        segment_named(pk, actor_of(request))
        changes = validated(s.SegmentWriteSerializer(data=request.data, partial=is_partial))
        edited = acts.segment_edit(
            segment_id=pk, changes=cast("acts.SegmentChanges", changes), actor=actor_of(request)
        )
        return Response(s.SegmentSerializer(edited).data)

    def destroy(self, request: Request, pk: int) -> Response:
        acts.segment_delete(segment_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SegmentCountView(APIView):
    """How many customers of the caller's view fit, now."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=s.CountSerializer)
    def get(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        return Response({"count": segment_customers(segment_named(pk, actor), actor).count()})


class SegmentCustomersView(ListModelMixin, GenericViewSet[Customer]):
    """The customers of the caller's view that fit, newest first."""

    permission_classes = [HasAccess]
    access = {"list": READS}
    queryset = Customer.objects.none()
    serializer_class = CustomerSerializer
    ordering_fields: list[str] = []

    def get_queryset(self) -> Any:
        if "pk" not in self.kwargs:  # the schema's question
            return Customer.objects.none()
        actor = actor_of(self.request)
        segment = segment_named(self.kwargs["pk"], actor)
        return customers_shown(segment_customers(segment, actor)).order_by("-id")


class SegmentPreviewView(APIView):
    """What conditions would find before they are saved: a number, and the newest of them."""

    permission_classes = [HasAccess]
    access = {"post": READS}

    @extend_schema(request=s.SegmentPreviewSerializer, responses=s.SegmentPreviewAnswerSerializer)
    def post(self, request: Request) -> Response:
        condition = parse(validated(s.SegmentPreviewSerializer(data=request.data))["conditions"])
        found = customers_matching(condition, customers_visible_to(actor_of(request)))
        first = customers_shown(found).order_by("-id")[:PREVIEWED]
        return Response(
            {
                "count": found.count(),
                "description": in_words(condition),
                "list": CustomerSerializer(first, many=True).data,
            }
        )


class SegmentFieldsView(APIView):
    """The language of conditions: fields, their operators, and what values these take."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=s.LanguageSerializer)
    def get(self, request: Request) -> Response:
        return Response(language())
