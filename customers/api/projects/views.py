"""`/api/projects…` (contract.md §3)."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import EVERYONE, STAFF, HasAccess, Rule
from config.api.validated import validated
from config.errors import InvalidInputError
from customers.actors import Actor
from customers.api.actor import actor_of
from customers.api.projects import serializers as s
from customers.api.projects.filters import ProjectFilter
from customers.models import Customer, Project, User
from customers.projects import actions
from customers.projects.actions import ProjectFields
from customers.projects.attached import tickets_of
from customers.projects.moves import project_move
from customers.queries.projects import projects_for
from customers.queries.staff import staff_named
from customers.visibility import customers_visible_to

SHOWN = PolymorphicProxySerializer(
    component_name="ProjectForCaller",
    serializers=[s.ProjectSerializer, s.OwnProjectSerializer],
    resource_type_field_name=None,
)
FIELDS = ("name", "progress", "amount", "products", "description", "expected_at")


class ProjectViewSet(IdempotentPosts, GenericViewSet[Project]):
    """Projects of the customers one may see; a customer reads their own, without inner matters."""

    permission_classes = [HasAccess]
    access = {
        "list": Rule(EVERYONE, Scope.CUSTOMERS_READ),
        "retrieve": Rule(EVERYONE, Scope.CUSTOMERS_READ),
        "events": Rule(STAFF, Scope.CUSTOMERS_READ),
        "create": Rule(STAFF, Scope.CUSTOMERS_WRITE),
        "partial_update": Rule(STAFF, Scope.CUSTOMERS_WRITE),
        "transition": Rule(STAFF, Scope.CUSTOMERS_WRITE),
        "engineer": Rule(STAFF, Scope.CUSTOMERS_WRITE),
        "notes": Rule(STAFF, Scope.CUSTOMERS_WRITE),
    }
    queryset = Project.objects.none()
    serializer_class = s.ProjectSerializer
    filterset_class = ProjectFilter
    ordering_fields = ["created_at", "updated_at", "amount", "progress", "won_at", "expected_at"]

    def get_queryset(self) -> Any:
        return projects_for(actor_of(self.request))

    @extend_schema(responses=SHOWN)
    def list(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(_shown(page, actor_of(request)))

    @extend_schema(responses=SHOWN)
    def retrieve(self, request: Request, pk: int) -> Response:
        project = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(_shown([project], actor_of(request))[0])

    @extend_schema(request=s.ProjectCreateSerializer, responses={201: s.ProjectSerializer})
    @transaction.atomic
    def create(self, request: Request) -> Response:
        data = validated(s.ProjectCreateSerializer(data=request.data))
        actor = actor_of(request)
        project = actions.project_create(
            customer=_customer(data, actor),
            fields=_fields(data),
            engineer=_member(data, "engineer"),
            actor=actor,
        )
        return self._answer(project, actor, status.HTTP_201_CREATED)

    @extend_schema(request=s.ProjectEditSerializer, responses=s.ProjectSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        data = validated(s.ProjectEditSerializer(data=request.data))
        actor = actor_of(request)
        project = actions.project_edit(
            project_id=pk, changes=_fields(data), version=data.get("version"), actor=actor
        )
        return self._answer(project, actor)

    @extend_schema(request=s.ProjectTransitionSerializer, responses=s.ProjectSerializer)
    @action(detail=True, methods=["post"])
    def transition(self, request: Request, pk: int) -> Response:
        data = validated(s.ProjectTransitionSerializer(data=request.data))
        actor = actor_of(request)
        project = project_move(
            project_id=pk,
            stage=data.get("stage", ""),
            status=data.get("status", ""),
            reason=data.get("reason", ""),
            version=data.get("version"),
            actor=actor,
        )
        return self._answer(project, actor)

    @extend_schema(request=s.EngineerSerializer, responses=s.ProjectSerializer)
    @action(detail=True, methods=["post"])
    def engineer(self, request: Request, pk: int) -> Response:
        data = validated(s.EngineerSerializer(data=request.data))
        actor = actor_of(request)
        project = actions.project_assign_engineer(
            project_id=pk,
            engineer=_member(data, "engineer"),
            note=data.get("note", ""),
            version=data.get("version"),
            actor=actor,
        )
        return self._answer(project, actor)

    @extend_schema(request=s.ProjectNoteSerializer, responses={201: s.ProjectEventSerializer})
    @action(detail=True, methods=["post"])
    def notes(self, request: Request, pk: int) -> Response:
        data = validated(s.ProjectNoteSerializer(data=request.data))
        event = actions.project_note(
            project_id=pk, content=data["content"], actor=actor_of(request)
        )
        return Response(s.ProjectEventSerializer(event).data, status.HTTP_201_CREATED)

    @extend_schema(responses=s.ProjectEventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], filterset_class=None, ordering_fields=[])
    def events(self, request: Request, pk: int) -> Response:
        project = get_object_or_404(projects_for(actor_of(request)), pk=pk)
        page: Any = self.paginate_queryset(cast("Any", project.events.order_by("sequence")))
        return self.get_paginated_response(s.ProjectEventSerializer(page, many=True).data)

    def _answer(self, project: Project, actor: Actor, code: int = status.HTTP_200_OK) -> Response:
        return Response(_shown([project], actor)[0], code)


def _shown(projects: Sequence[Project], actor: Actor) -> Any:
    """As this caller sees them, with the tickets of all of them read at once."""
    serializer = s.ProjectSerializer if actor.is_team else s.OwnProjectSerializer
    tickets = tickets_of([project.pk for project in projects], actor)
    return serializer(projects, many=True, context={"tickets": tickets}).data


def _fields(data: dict[str, Any]) -> ProjectFields:
    fields: dict[str, Any] = {name: data[name] for name in FIELDS if name in data}
    if "owner" in data:
        fields["owner"] = staff_named(data["owner"], attr="owner")
    return cast("ProjectFields", fields)


def _member(data: dict[str, Any], attr: str) -> User | None:
    return staff_named(data[attr], attr=attr) if data.get(attr) else None


def _customer(data: dict[str, Any], actor: Actor) -> Customer:
    if "customer_id" in data:
        found = customers_visible_to(actor).filter(pk=data["customer_id"]).first()
        if found is None:
            raise InvalidInputError("没有这个客户", code="not_found", attr="customer_id")
        return found
    return actions.project_customer(
        name=data["customer_name"],
        phone=data.get("phone", ""),
        company=data.get("company", ""),
        actor=actor,
    )
