"""`/api/v1/tags`, `/api/v1/tag-groups` (contract.md §3)."""

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
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.validated import validated
from customers.actions import tag_catalogue as acts
from customers.api.actor import actor_of
from customers.api.tags import serializers as s
from customers.api.tags.filters import TagFilter
from customers.models import Tag, TagGroup
from customers.queries.tags import carriers_of

ACCESS = {
    "list": Rule(STAFF, Scope.CUSTOMERS_READ),
    "retrieve": Rule(STAFF, Scope.CUSTOMERS_READ),
    "create": Rule(STAFF, Scope.CUSTOMERS_WRITE),
    "partial_update": Rule(STAFF, Scope.CUSTOMERS_WRITE),
    "destroy": Rule(STAFF, Scope.CUSTOMERS_WRITE),
}


class TagViewSet(ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[Tag]):
    """The team's tags: everybody's alike, counted in the caller's own view."""

    permission_classes = [HasAccess]
    access = ACCESS
    queryset = Tag.objects.select_related("group").order_by("order", "id")
    serializer_class = s.TagSerializer
    filterset_class = TagFilter
    ordering_fields = ["order", "name", "created_at"]

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the counts of all that are shown."""
        if not args:  # the schema's question
            return super().get_serializer(*args, **kwargs)
        shown = args[0] if isinstance(args[0], list) else [args[0]]
        counts = carriers_of([tag.pk for tag in shown], actor_of(self.request))
        kwargs["context"] = {**self.get_serializer_context(), "counts": counts}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(request=s.TagWriteSerializer, responses={201: s.TagSerializer})
    def create(self, request: Request) -> Response:
        data = validated(s.TagWriteSerializer(data=request.data))
        made = acts.tag_create(actor=actor_of(request), **data)
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.TagWriteSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        data = validated(s.TagWriteSerializer(data=request.data, partial=True))
        acts.tag_edit(tag_id=pk, actor=actor_of(request), **data)
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    def destroy(self, request: Request, pk: int) -> Response:
        """One that customers carry: administrators only; one that a rule or plan needs: 409."""
        acts.tag_delete(tag_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TagGroupViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[TagGroup]
):
    """Groups with their tags."""

    permission_classes = [HasAccess]
    access = ACCESS
    queryset = TagGroup.objects.prefetch_related("tags").order_by("order", "id")
    serializer_class = s.TagGroupSerializer
    ordering_fields = ["order", "name", "created_at"]

    @extend_schema(request=s.TagGroupWriteSerializer, responses={201: s.TagGroupSerializer})
    def create(self, request: Request) -> Response:
        data = validated(s.TagGroupWriteSerializer(data=request.data))
        made = acts.group_create(actor=actor_of(request), **data)
        return Response(s.TagGroupSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.TagGroupWriteSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        data = validated(s.TagGroupWriteSerializer(data=request.data, partial=True))
        acts.group_edit(group_id=pk, actor=actor_of(request), **data)
        return Response(s.TagGroupSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    def destroy(self, request: Request, pk: int) -> Response:
        """Its tags go as well, as single ones do."""
        acts.group_delete(group_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
