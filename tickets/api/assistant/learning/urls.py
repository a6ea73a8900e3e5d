"""The assistant's learning; no trailing slashes."""

from django.urls import path

from tickets.api.assistant.learning.corrections import CorrectView
from tickets.api.assistant.learning.views import ExampleViewSet, ModelViewSet

example, model = ExampleViewSet.as_view, ModelViewSet.as_view

urlpatterns = [
    path("ai/examples", example({"get": "list", "post": "create"})),
    path(
        "ai/examples/<id:pk>",
        example({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("ai/turns/<id:pk>/correct", CorrectView.as_view()),
    path("ai/models", model({"get": "list", "post": "create"})),
    path("ai/models/roll-back", model({"post": "roll_back"})),
    path("ai/models/<id:pk>", model({"get": "retrieve"})),
    path("ai/models/<id:pk>/shadow", model({"post": "shadow"})),
    path("ai/models/<id:pk>/activate", model({"post": "activate"})),
    path("ai/models/<id:pk>/retire", model({"post": "retire"})),
]
