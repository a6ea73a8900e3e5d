"""The assistant's routing; no trailing slashes."""

from django.urls import path

from tickets.api.assistant.routing.views import RouterView

urlpatterns = [path("ai/router", RouterView.as_view())]
