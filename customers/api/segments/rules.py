"""`/api/v1/tag-rules`: rules that tag by themselves (contract.md §3)."""

from typing import cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, STAFF, HasAccess, Rule
from config.api.validated import validated
from customers.actions import tag_rules as acts
from customers.api.actor import actor_of
from customers.api.segments import serializers as s
from customers.models import TagRule
from customers.queries.tag_rules import rule_preview

READS = Rule(STAFF, Scope.CUSTOMERS_READ)
WRITES = Rule(ADMINS, Scope.CUSTOMERS_WRITE)


class TagRuleViewSet(ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[TagRule]):
    """The team reads them; administrators write and run them."""

    permission_classes = [HasAccess]
    access = {
        "list": READS,
        "retrieve": READS,
        "create": WRITES,
        "update": WRITES,
        "partial_update": WRITES,
        "destroy": WRITES,
        "run": WRITES,
        "preview": Rule(ADMINS, Scope.CUSTOMERS_READ),
    }
    queryset = TagRule.objects.select_related("tag").order_by("-id")
    serializer_class = s.RuleSerializer
    ordering_fields = ["name", "created_at", "last_run_at"]

    @extend_schema(request=s.RuleWriteSerializer, responses={201: s.RuleSerializer})
    def create(self, request: Request) -> Response:
        fields = validated(s.RuleWriteSerializer(data=request.data))
        made = acts.rule_create(fields=cast("acts.RuleChanges", fields), actor=actor_of(request))
        return Response(s.RuleSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.RuleWriteSerializer)
    def update(self, request: Request, pk: int) -> Response:
        return self._edit(request, pk, is_partial=False)

    @extend_schema(request=s.RuleWriteSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        return self._edit(request, pk, is_partial=True)

    def _edit(self, request: Request, pk: int, *, is_partial: bool) -> Response:
        get_object_or_404(TagRule, pk=pk)
        changes = validated(s.RuleWriteSerializer(data=request.data, partial=is_partial))
        edited = acts.rule_edit(
            rule_id=pk, changes=cast("acts.RuleChanges", changes), actor=actor_of(request)
        )
        return Response(s.RuleSerializer(edited).data)

    def destroy(self, request: Request, pk: int) -> Response:
        """The tags that it has set stay."""
        acts.rule_delete(rule_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={202: s.RuleSerializer})
    def run(self, request: Request, pk: int) -> Response:
        """A run over everybody is on its way; `last_run_at` and `matched` tell when it is done."""
        rule = acts.rule_request_run(rule_id=pk, actor=actor_of(request))
        return Response(s.RuleSerializer(rule).data, status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses=s.RulePreviewSerializer)
    def preview(self, request: Request, pk: int) -> Response:
        """What a run would change; nothing is changed."""
        return Response(rule_preview(get_object_or_404(self.get_queryset(), pk=pk)))
