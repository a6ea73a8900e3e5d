"""Every socket (contract.md §7)."""

from django.urls import path

from messaging.consumers import BatchConsumer

urlpatterns = [path("ws/batches/<str:batch_id>", BatchConsumer.as_asgi())]
