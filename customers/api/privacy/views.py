"""`/api/v1/customers/{id}/personal-data` and `/erase` (contract.md §3)."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.permissions import ADMINS, HasAccess, Rule
from config.api.roles import Role
from customers.actions.privacy import customer_erase, personal_data_of
from customers.api.actor import actor_of
from customers.api.privacy.serializers import ErasedSerializer, EraseSerializer


class PersonalDataView(APIView):
    """Everything that we hold of a person: for them, and for administrators; no API key may."""

    permission_classes = [HasAccess]
    access = {"get": Rule(frozenset({Role.CUSTOMER, Role.ADMIN}))}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        response = Response(personal_data_of(customer_id=pk, actor=actor_of(request)))
        response["Content-Disposition"] = f'attachment; filename="personal-data-{pk}.json"'
        response["Cache-Control"] = "no-store"
        return response


class EraseView(APIView):
    """What tells who the customer is goes for good; again answers the same. No API key may."""

    permission_classes = [HasAccess]
    access = {"post": Rule(ADMINS)}

    @extend_schema(request=EraseSerializer, responses=ErasedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        serializer = EraseSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        erased = customer_erase(
            customer_id=pk,
            reason=serializer.validated_data["reason"],
            actor=actor_of(request),
        )
        return Response(ErasedSerializer(erased).data)
