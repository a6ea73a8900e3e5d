"""`/bind/`."""

from django.urls import path

from wechat.binding.pages import BindPage

urlpatterns = [path("bind/", BindPage.as_view(), name="bind")]
