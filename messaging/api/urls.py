"""Message, template and channel calls (contract.md §2)."""

from django.urls import path

from messaging.api import channels, recall, receipts, statistics, templates, views

urlpatterns = [
    path("messages", views.MessageListView.as_view()),
    path("messages/send", views.SendView.as_view()),
    path("messages/send-batch", views.SendBatchView.as_view()),
    path("messages/batches/<public_id:batch_id>", views.BatchView.as_view()),
    path("messages/batches/<public_id:batch_id>/cancel", views.BatchCancelView.as_view()),
    path("messages/batches/<public_id:batch_id>/pause", views.BatchPauseView.as_view()),
    path("messages/batches/<public_id:batch_id>/resume", views.BatchResumeView.as_view()),
    path(
        "messages/batches/<public_id:batch_id>/retry-failed", views.BatchRetryFailedView.as_view()
    ),
    path("messages/traces/<public_id:trace_id>", views.TraceView.as_view()),
    path("messages/receipts/<public_id:channel>", receipts.ReceiptView.as_view()),
    path("messages/statistics/overview", statistics.OverviewView.as_view()),
    path("messages/statistics/realtime", statistics.RealtimeView.as_view()),
    path("messages/<public_id:message_id>", views.MessageView.as_view()),
    path("messages/<public_id:message_id>/retry", views.MessageRetryView.as_view()),
    path("messages/<public_id:message_id>/cancel", views.MessageCancelView.as_view()),
    path("messages/<public_id:message_id>/recall", recall.MessageRecallView.as_view()),
    path("messages/<public_id:message_id>/card", recall.MessageCardView.as_view()),
    path("template", templates.TemplateCreateView.as_view()),
    path("template/list", templates.TemplateListView.as_view()),
    path("template/test-send", templates.TemplateTestSendView.as_view()),
    path("template/<id:pk>", templates.TemplateView.as_view()),
    path("template/<id:pk>/preview", templates.TemplatePreviewView.as_view()),
    path("channels", channels.ChannelListView.as_view()),
    path("channels/<id:pk>", channels.ChannelView.as_view()),
    path("channels/<id:pk>/verify", channels.ChannelVerifyView.as_view()),
]
