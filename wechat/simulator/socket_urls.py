"""The platform's sockets."""

from django.urls import path

from wechat.simulator.long_connection import LongConnection

urlpatterns = [path("sandbox/openws", LongConnection.as_asgi())]
