"""No trailing slashes."""

from django.urls import path

from wechat.api.kf import views

CHAT = "customer-service/chats/<id:pk>"

urlpatterns = [
    path(f"{CHAT}/kf-transfer", views.KfTransferView.as_view()),
    path(f"{CHAT}/kf-servicers", views.KfServicersView.as_view()),
]
