"""`/api/v1/groups…`: customer groups, their members, tags and figures (contract.md §3)."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.numbers import asked_number
from config.api.permissions import STAFF, HasAccess, Rule
from customers.actions.groups import group_tag_remove, group_tags_add
from customers.api.actor import actor_of
from customers.api.customers.serializers import TagIdsSerializer
from customers.api.groups import serializers as s
from customers.api.groups.filters import GroupFilter
from customers.models import CustomerGroup, Tag
from customers.queries.groups import (
    customers_in_view,
    group_figures,
    groups_shown,
    members_shown,
)
from customers.visibility import groups_visible_to

READ, WRITE = Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE
MAX_DAYS = 366
LEFT = OpenApiParameter(
    "left", bool, description="true: who has left; false (default): who is there; all: both"
)
DAYS = OpenApiParameter("days", int, description=f"1–{MAX_DAYS}, 30 if not given")
_LEFT = {"": False, "false": False, "0": False, "true": True, "1": True, "all": None}


class GroupViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[CustomerGroup]
):
    """Groups that one owns, for administrators all; another is a 404."""

    permission_classes = [HasAccess]
    access = {
        "list": Rule(STAFF, READ),
        "retrieve": Rule(STAFF, READ),
        "members": Rule(STAFF, READ),
        "statistics": Rule(STAFF, READ),
        "add_tags": Rule(STAFF, WRITE),
        "remove_tag": Rule(STAFF, WRITE),
    }
    queryset = CustomerGroup.objects.none()
    serializer_class = s.GroupSerializer
    filterset_class = GroupFilter
    ordering_fields = ["name", "member_count", "group_created_at"]
    ordering = ["-id"]

    def get_queryset(self) -> Any:
        return groups_shown(groups_visible_to(actor_of(self.request)))

    @extend_schema(parameters=[LEFT], responses=s.GroupMemberSerializer(many=True), filters=False)
    def members(self, request: Request, pk: int) -> Response:
        """Those present; `?left=true` those who have left, `?left=all` every stay."""
        actor = actor_of(request)
        group = get_object_or_404(groups_visible_to(actor), pk=pk)
        asked = request.query_params.get("left", "").lower()
        if asked not in _LEFT:
            raise ValidationError({"left": "必须是 true、false 或 all"})
        members: Any = members_shown(group, has_left=_LEFT[asked])
        page: Any = self.paginate_queryset(members)
        context = {"in_view": customers_in_view(page, actor)}
        found = s.GroupMemberSerializer(page, many=True, context=context)
        return self.get_paginated_response(found.data)

    @extend_schema(parameters=[DAYS], responses=s.GroupFiguresSerializer)
    def statistics(self, request: Request, pk: int) -> Response:
        """Joins, leaves and net by day, and who is there by kind."""
        group = get_object_or_404(groups_visible_to(actor_of(request)), pk=pk)
        days = asked_number(request, "days", default=30, most=MAX_DAYS)
        figures: Any = group_figures(group, days=days)
        return Response(s.GroupFiguresSerializer(figures).data)

    @extend_schema(request=TagIdsSerializer, responses=s.GroupSerializer)
    def add_tags(self, request: Request, pk: int) -> Response:
        """Adding twice changes nothing."""
        actor = actor_of(request)
        get_object_or_404(groups_visible_to(actor), pk=pk)
        serializer = TagIdsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        tag_ids = serializer.validated_data["tag_ids"]
        group_tags_add(group_id=pk, tag_ids=tag_ids, actor=actor)
        return Response(s.GroupSerializer(self.get_queryset().get(pk=pk)).data)

    def remove_tag(self, request: Request, pk: int, tag_id: int) -> Response:
        """A tag that the group has not is none the less gone."""
        actor = actor_of(request)
        get_object_or_404(groups_visible_to(actor), pk=pk)
        get_object_or_404(Tag, pk=tag_id)
        group_tag_remove(group_id=pk, tag_id=tag_id, actor=actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
