"""`/api/canned-replies`, `/api/ticket-views`, `/api/custom-fields`, checklists."""

from typing import Any, cast

from django.db.models import Q, QuerySet
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
from customers.api.actor import actor_of
from tickets.api.desk import serializers as s
from tickets.api.ticket import ticket_of
from tickets.desk import canned_replies, checklists, saved_views
from tickets.desk.custom_fields import active_fields
from tickets.models import CannedReply, ChecklistTemplate, SavedView

READS = Rule(STAFF, Scope.TICKETS_READ)
WRITES = Rule(STAFF, Scope.TICKETS_WRITE)


class CannedReplyViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[CannedReply]
):
    """One's own and the team's; the team's are administrators' to write."""

    permission_classes = [HasAccess]
    access = {
        "list": READS,
        "retrieve": READS,
        "create": WRITES,
        "partial_update": WRITES,
        "destroy": WRITES,
        "render_reply": WRITES,
    }
    queryset = CannedReply.objects.none()
    serializer_class = s.CannedReplySerializer
    ordering_fields = ["shortcut", "used_count", "updated_at"]

    def get_queryset(self) -> QuerySet[CannedReply]:
        replies = canned_replies.replies_visible_to(actor_of(self.request)).select_related("owner")
        if self.action == "list":
            asked = validated(s.CannedReplyQuerySerializer(data=self.request.query_params))
            replies = replies.filter(is_active=not asked["inactive"])
            if words := asked["q"]:
                replies = replies.filter(Q(shortcut__icontains=words) | Q(title__icontains=words))
        return replies.order_by("-used_count", "shortcut", "id")

    @extend_schema(parameters=[s.CannedReplyQuerySerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=s.CannedReplyCreateSerializer, responses={201: s.CannedReplySerializer})
    def create(self, request: Request) -> Response:
        data = validated(s.CannedReplyCreateSerializer(data=request.data))
        made = canned_replies.canned_reply_create(actor=actor_of(request), **data)
        return Response(s.CannedReplySerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.CannedReplyEditSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        data = validated(s.CannedReplyEditSerializer(data=request.data, partial=True))
        changes = cast("canned_replies.CannedReplyChanges", data)
        edited = canned_replies.canned_reply_edit(
            reply_id=pk, changes=changes, actor=actor_of(request)
        )
        return Response(s.CannedReplySerializer(edited).data)

    def destroy(self, request: Request, pk: int) -> Response:
        canned_replies.canned_reply_delete(reply_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=s.RenderSerializer, responses=s.RenderedSerializer)
    def render_reply(self, request: Request, pk: int) -> Response:
        """The reply as it reads for a ticket or in a chat; counts as a use."""
        data = validated(s.RenderSerializer(data=request.data))
        content = canned_replies.canned_reply_render(reply_id=pk, actor=actor_of(request), **data)
        return Response({"content": content})


class SavedViewViewSet(
    ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[SavedView]
):
    """Filters under a name: one's own and those shared with the team."""

    permission_classes = [HasAccess]
    access = {
        "list": READS,
        "retrieve": READS,
        # A view is somebody's: no key has any.
        "create": Rule(STAFF),
        "partial_update": WRITES,
        "destroy": WRITES,
    }
    queryset = SavedView.objects.none()
    serializer_class = s.SavedViewSerializer
    ordering_fields = ["name", "position", "updated_at"]

    def get_queryset(self) -> QuerySet[SavedView]:
        views = saved_views.views_visible_to(actor_of(self.request)).select_related("owner")
        return views.order_by("position", "id")

    @extend_schema(request=s.SavedViewWriteSerializer, responses={201: s.SavedViewSerializer})
    def create(self, request: Request) -> Response:
        data = validated(s.SavedViewWriteSerializer(data=request.data))
        made = saved_views.saved_view_create(actor=actor_of(request), **data)
        return Response(s.SavedViewSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.SavedViewWriteSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        data = validated(s.SavedViewWriteSerializer(data=request.data, partial=True))
        changes = cast("saved_views.SavedViewChanges", data)
        edited = saved_views.saved_view_edit(view_id=pk, changes=changes, actor=actor_of(request))
        return Response(s.SavedViewSerializer(edited).data)

    def destroy(self, request: Request, pk: int) -> Response:
        saved_views.saved_view_delete(view_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class CustomFieldsView(APIView):
    """The fields that this desk adds to its tickets, in their order."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=s.CustomFieldSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(s.CustomFieldSerializer(active_fields(), many=True).data)


class ChecklistTemplateViewSet(ListModelMixin, GenericViewSet[ChecklistTemplate]):
    """The steps that new tickets get; administrators write them in the admin."""

    permission_classes = [HasAccess]
    access = {"list": READS}
    queryset = ChecklistTemplate.objects.order_by("id")
    serializer_class = s.ChecklistTemplateSerializer
    ordering_fields: list[str] = []


class ChecklistView(IdempotentPosts):
    """A ticket's steps, and one more."""

    permission_classes = [HasAccess]
    access = {"get": READS, "post": WRITES}

    @extend_schema(responses=s.ChecklistSerializer)
    def get(self, request: Request, pk: int) -> Response:
        ticket = ticket_of(pk, actor_of(request))
        items = list(ticket.checklist.select_related("done_by"))
        done = sum(item.done_at is not None for item in items)
        answer = {"done": done, "total": len(items), "list": items}
        return Response(s.ChecklistSerializer(answer).data)

    @extend_schema(request=s.ChecklistAddSerializer, responses={201: s.ChecklistItemSerializer})
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.ChecklistAddSerializer(data=request.data))
        item = checklists.checklist_add(ticket_id=pk, text=data["text"], actor=actor_of(request))
        return Response(s.ChecklistItemSerializer(item).data, status.HTTP_201_CREATED)


class ChecklistItemView(APIView):
    """A step: done or not, or taken away."""

    permission_classes = [HasAccess]
    access = {"patch": WRITES, "delete": WRITES}

    @extend_schema(request=s.ChecklistCheckSerializer, responses=s.ChecklistItemSerializer)
    def patch(self, request: Request, pk: int, item_id: int) -> Response:
        data = validated(s.ChecklistCheckSerializer(data=request.data))
        item = checklists.checklist_check(
            item_id=item_id, ticket_id=pk, done=data["done"], actor=actor_of(request)
        )
        return Response(s.ChecklistItemSerializer(item).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, item_id: int) -> Response:
        checklists.checklist_remove(item_id=item_id, ticket_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
