"""Handing customers over (contract.md §3)."""

from django.urls import path

from customers.api.handovers.views import HandoverItemsView, HandoverViewSet, TransferView

handover = HandoverViewSet.as_view

urlpatterns = [
    path("v1/customers/transfer", TransferView.as_view()),
    path("v1/handovers", handover({"get": "list", "post": "create"})),
    path("v1/handovers/<id:pk>", handover({"get": "retrieve"})),
    path("v1/handovers/<id:pk>/items", HandoverItemsView.as_view({"get": "list"})),
    path("v1/handovers/<id:pk>/start", handover({"post": "start"})),
]
