"""Message calls (contract.md §2)."""

from django.urls import path

from messaging.api.views import BatchView, MessageView, SendBatchView, SendView

urlpatterns = [
    path("messages/send", SendView.as_view()),
    path("messages/send-batch", SendBatchView.as_view()),
    path("messages/batches/<str:batch_id>", BatchView.as_view()),
    path("messages/<str:message_id>", MessageView.as_view()),
]
