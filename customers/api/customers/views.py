"""`/api/v1/customers`, `/{id}` and what is done to one (contract.md §3, seed 003)."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, EVERYONE, STAFF, HasAccess, Rule
from config.api.validated import validated
from config.errors import NotFoundError
from customers import caching
from customers.actions.assign import customer_assign
from customers.actions.block import customer_block, customer_unblock
from customers.actions.create import customer_create
from customers.actions.edit import customer_edit
from customers.actions.fields import CustomerFields
from customers.actions.standing import customer_delete, customer_restore
from customers.actions.tags import tags_add, tags_remove
from customers.actors import Actor
from customers.api.actor import actor_of
from customers.api.customers import serializers as s
from customers.api.customers.filters import CustomerFilter
from customers.models import Customer, CustomerStatus, Tag
from customers.queries.customers import customers_shown
from customers.visibility import customers_visible_to, deleted_customers_visible_to

READ, WRITE = Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE
STATUS = OpenApiParameter("status", int, enum=CustomerStatus.values)
TAG = OpenApiParameter("tag", int, many=True, description="标签 id，可重复：同时带有这些标签")
SHOWN = PolymorphicProxySerializer(
    component_name="CustomerForCaller",
    serializers=[s.CustomerSerializer, s.OwnCustomerSerializer],
    resource_type_field_name=None,
)


class CustomerViewSet(ListModelMixin, IdempotentPosts, GenericViewSet[Customer]):
    """Customers within the caller's view; one outside it, or deleted, is a 404."""

    permission_classes = [HasAccess]
    access = {
        "list": Rule(EVERYONE, READ),
        "retrieve": Rule(EVERYONE, READ),
        "create": Rule(STAFF, WRITE),
        "update": Rule(STAFF, WRITE),
        "partial_update": Rule(STAFF, WRITE),
        "destroy": Rule(STAFF, WRITE),
        "add_tags": Rule(STAFF, WRITE),
        "remove_tag": Rule(STAFF, WRITE),
        "assign": Rule(STAFF, WRITE),
        "block": Rule(STAFF, WRITE),
        "unblock": Rule(STAFF, WRITE),
        "restore": Rule(ADMINS, WRITE),
    }
    queryset = Customer.objects.none()
    serializer_class = s.CustomerSerializer
    filterset_class = CustomerFilter
    # Those that an index keeps in order.
    ordering_fields = ["created_at", "name", "risk_score"]
    ordering = ["-id"]

    def get_queryset(self) -> Any:
        actor = actor_of(self.request)
        if self.request.query_params.get("status") == str(int(CustomerStatus.DELETED)):
            return customers_shown(deleted_customers_visible_to(actor))
        return customers_shown(customers_visible_to(actor))

    def filter_queryset(self, queryset: Any) -> Any:
        """Customers find themselves whatever they ask: filters would tell what is hidden."""
        if not actor_of(self.request).is_team:
            return queryset.order_by("-id")
        return super().filter_queryset(queryset)

    @extend_schema(parameters=[STATUS, TAG], responses=SHOWN)
    def list(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        found = [
            _for(actor_of(request), dict(each))
            for each in self.get_serializer(page, many=True).data
        ]
        return self.get_paginated_response(found)

    @extend_schema(responses=SHOWN)
    def retrieve(self, request: Request, pk: int) -> Response:
        """The detail, kept for ten minutes; whether the caller may see it is asked each time."""
        actor = actor_of(request)
        if not customers_visible_to(actor).filter(pk=pk).exists():
            raise NotFoundError(f"没有客户 {pk}")
        return Response(_for(actor, caching.detail_of(pk, lambda: _document(pk))))

    @extend_schema(request=s.CustomerWriteSerializer, responses={201: s.CustomerSerializer})
    def create(self, request: Request) -> Response:
        fields = validated(s.CustomerWriteSerializer(data=request.data))
        made = customer_create(fields=cast("CustomerFields", fields), actor=actor_of(request))
        return Response(_document(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=s.CustomerEditSerializer)
    def update(self, request: Request, pk: int) -> Response:
        """Needs the name, takes the whole document; what is left out stays as it is."""
        return self._edit(request, pk, is_whole=True)

    @extend_schema(request=s.CustomerEditSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        return self._edit(request, pk, is_whole=False)

    def _edit(self, request: Request, pk: int, *, is_whole: bool) -> Response:
        actor = actor_of(request)
        get_object_or_404(customers_visible_to(actor), pk=pk)
        serializer = s.CustomerEditSerializer(data=request.data, context={"is_whole": is_whole})
        changes = validated(serializer)
        customer_edit(
            customer_id=pk,
            updated_at=changes.pop("updated_at", None),
            changes=cast("CustomerFields", changes),
            actor=actor,
        )
        return Response(_document(pk))

    def destroy(self, request: Request, pk: int) -> Response:
        """Marks deleted: administrators and the follow-up owner."""
        customer_delete(customer_id=pk, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=s.TagIdsSerializer)
    def add_tags(self, request: Request, pk: int) -> Response:
        """Adding twice changes nothing; answers the customer, as seed 003 does."""
        tag_ids = validated(s.TagIdsSerializer(data=request.data))["tag_ids"]
        tags_add(customer_id=pk, tag_ids=tag_ids, actor=actor_of(request))
        return Response(_document(pk))

    def remove_tag(self, request: Request, pk: int, tag_id: int) -> Response:
        """A tag that is not carried is none the less gone."""
        get_object_or_404(Tag, pk=tag_id)
        tags_remove(customer_id=pk, tag_ids=[tag_id], actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=s.CustomerAssignSerializer)
    def assign(self, request: Request, pk: int) -> Response:
        data = validated(s.CustomerAssignSerializer(data=request.data))
        customer_assign(
            customer_id=pk, to_user=data["user"], note=data["note"], actor=actor_of(request)
        )
        return Response(_document(pk))

    @extend_schema(request=s.CustomerBlockSerializer)
    def block(self, request: Request, pk: int) -> Response:
        reason = validated(s.CustomerBlockSerializer(data=request.data))["reason"]
        customer_block(customer_id=pk, reason=reason, actor=actor_of(request))
        return Response(_document(pk))

    @extend_schema(request=None)
    def unblock(self, request: Request, pk: int) -> Response:
        customer_unblock(customer_id=pk, actor=actor_of(request))
        return Response(_document(pk))

    @extend_schema(request=None)
    def restore(self, request: Request, pk: int) -> Response:
        customer_restore(customer_id=pk, actor=actor_of(request))
        return Response(_document(pk))


def _document(customer_id: int) -> dict[str, Any]:
    """As the team sees it; the caller has been let through before."""
    customer = customers_shown(Customer.objects.all()).filter(pk=customer_id).first()
    if customer is None:
        raise NotFoundError(f"没有客户 {customer_id}")
    return dict(s.CustomerSerializer(customer).data)


def _for(actor: Actor, document: dict[str, Any]) -> dict[str, Any]:
    """What of the document the caller may read."""
    if actor.is_team:
        return document
    return {name: value for name, value in document.items() if name in s.OWN_FIELDS}
