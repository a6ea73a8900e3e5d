"""`/api/sla/policies…`: read by the team, written by administrators."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from tickets.api.sla import serializers as s
from tickets.models import SlaPolicy
from tickets.sla.effects import preview_of
from tickets.sla.policies import policy_apply, policy_delete, policy_save
from tickets.sla.rules import checked_rules

READ, WRITE = Rule(STAFF, Scope.TICKETS_READ), Rule(ADMINS, Scope.TICKETS_WRITE)


class PolicyViewSet(ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[SlaPolicy]):
    """In the order in which they are tried."""

    permission_classes = [HasAccess]
    access = {
        "list": READ,
        "retrieve": READ,
        "versions": READ,
        "applications": READ,
        "create": WRITE,
        "update": WRITE,
        "partial_update": WRITE,
        "destroy": WRITE,
        "preview": WRITE,
        "apply": WRITE,
    }
    queryset = SlaPolicy.objects.prefetch_related("tags").order_by("rank", "id")
    serializer_class = s.PolicySerializer
    filterset_fields = ["is_active", "clock"]
    ordering_fields = ["rank", "name", "created_at"]

    @extend_schema(request=s.PolicyInputSerializer, responses={201: s.PolicySerializer})
    def create(self, request: Request) -> Response:
        return Response(self._save(request, None, partial=False), status.HTTP_201_CREATED)

    @extend_schema(request=s.PolicyInputSerializer, responses=s.PolicySerializer)
    def update(self, request: Request, pk: int) -> Response:
        return Response(self._save(request, self._policy(pk), partial=False))

    @extend_schema(request=s.PolicyInputSerializer, responses=s.PolicySerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        return Response(self._save(request, self._policy(pk), partial=True))

    def destroy(self, request: Request, pk: int) -> Response:
        """409 while open tickets live by it."""
        policy_delete(policy_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=s.PolicyVersionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], filterset_fields=None, ordering_fields=[])
    def versions(self, request: Request, pk: int) -> Response:
        """Newest first."""
        rows = self._policy(pk).versions.select_related("changed_by").order_by("-version")
        page: Any = self.paginate_queryset(cast("Any", rows))
        return self.get_paginated_response(s.PolicyVersionSerializer(page, many=True).data)

    @extend_schema(responses=s.ApplicationSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], filterset_fields=None, ordering_fields=[])
    def applications(self, request: Request, pk: int) -> Response:
        """When it was applied to open tickets, and what that did; newest first."""
        rows = self._policy(pk).applications.select_related("started_by").order_by("-id")
        page: Any = self.paginate_queryset(cast("Any", rows))
        return self.get_paginated_response(s.ApplicationSerializer(page, many=True).data)

    @extend_schema(request=s.PreviewInputSerializer, responses=s.PreviewSerializer)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """What those rules would do to open tickets; nothing is written."""
        serializer = s.PreviewInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        rules = serializer.whole()
        policy_id = rules.pop("policy_id", None)
        if policy_id is not None:
            self._policy(policy_id)
        found = preview_of(checked_rules(rules), policy_id)
        return Response(s.PreviewSerializer(s.preview_json(found)).data)

    @extend_schema(request=None, responses={202: s.ApplicationSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: int) -> Response:
        """Brings the present version to open tickets, in the background."""
        made = policy_apply(policy_id=pk, actor=actor_of(request))
        return Response(s.ApplicationSerializer(made).data, status.HTTP_202_ACCEPTED)

    def _policy(self, pk: int) -> SlaPolicy:
        return get_object_or_404(self.get_queryset(), pk=pk)

    def _save(self, request: Request, policy: SlaPolicy | None, *, partial: bool) -> Any:
        serializer = s.PolicyInputSerializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        rules = serializer.whole(policy)
        version = rules.pop("version", None)
        saved = policy_save(
            policy_id=policy.pk if policy else None,
            rules=rules,
            version=version,
            actor=actor_of(request),
        )
        return s.PolicySerializer(self._policy(saved.pk)).data
