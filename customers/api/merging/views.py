"""`/api/v1/merge-cases…`: two records that may be one person; administrators decide."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, HasAccess, Rule
from config.api.validated import validated
from customers.api.actor import actor_of
from customers.api.merging import serializers as s
from customers.api.merging.filters import MergeCaseFilter
from customers.merging import cases
from customers.models import MergeCase

READ, WRITE = Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE


class MergeCaseViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[MergeCase]
):
    permission_classes = [HasAccess]
    access = {
        "list": Rule(ADMINS, READ),
        "retrieve": Rule(ADMINS, READ),
        "create": Rule(ADMINS, WRITE),
        "merge": Rule(ADMINS, WRITE),
        "dismiss": Rule(ADMINS, WRITE),
    }
    queryset = MergeCase.objects.none()
    serializer_class = s.MergeCaseSerializer
    filterset_class = MergeCaseFilter
    ordering_fields = ["created_at"]
    ordering = ["-id"]

    def get_queryset(self) -> Any:
        return cases.cases_visible_to(actor_of(self.request))

    @extend_schema(request=s.ProposalSerializer, responses={201: s.MergeCaseSerializer})
    def create(self, request: Request) -> Response:
        """Somebody thinks that the two are one."""
        data = validated(s.ProposalSerializer(data=request.data))
        case = cases.case_propose(
            first_id=data["first"],
            second_id=data["second"],
            note=data["note"],
            actor=actor_of(request),
        )
        return Response(s.MergeCaseSerializer(case).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=s.MergeDecisionSerializer, responses=s.MergeCaseSerializer)
    def merge(self, request: Request, pk: int) -> Response:
        """The two are one; 409 once decided, and where they cannot be."""
        case = get_object_or_404(self.get_queryset(), pk=pk)
        data = validated(s.MergeDecisionSerializer(data=request.data))
        decided = cases.case_merge(
            case_id=case.pk, keep_id=data["keep"], note=data["note"], actor=actor_of(request)
        )
        return Response(s.MergeCaseSerializer(decided).data)

    @extend_schema(request=s.DismissSerializer, responses=s.MergeCaseSerializer)
    def dismiss(self, request: Request, pk: int) -> Response:
        """They are two people."""
        case = get_object_or_404(self.get_queryset(), pk=pk)
        data = validated(s.DismissSerializer(data=request.data))
        decided = cases.case_dismiss(case_id=case.pk, note=data["note"], actor=actor_of(request))
        return Response(s.MergeCaseSerializer(decided).data)
