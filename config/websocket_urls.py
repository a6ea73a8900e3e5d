"""Every socket (contract.md §7)."""

from importlib import import_module

from django.conf import settings
from django.urls import path, re_path

from config.sockets.consumer import UnknownSocket
from messaging.consumers import BatchConsumer
from monitoring.board.consumer import MonitorConsumer
from tickets.chat.live.console import ConsoleConsumer
from tickets.chat.live.customer import ChatConsumer, QueueConsumer
from tickets.live.consumer import TicketConsumer

nowhere = re_path("", UnknownSocket.as_asgi())
urlpatterns = [
    path("ws/batches/<str:batch_id>", BatchConsumer.as_asgi()),
    path("ws/tickets", TicketConsumer.as_asgi()),
    path("ws/console", ConsoleConsumer.as_asgi()),
    path("ws/chat/<str:chat_id>", ChatConsumer.as_asgi()),
    path("ws/queue", QueueConsumer.as_asgi()),
    path("ws/monitor", MonitorConsumer.as_asgi()),
    nowhere,
]
# The simulated platform's own: its callers are programs, not our users.
SANDBOX_PREFIX = "/sandbox/"
sandbox_urlpatterns = [nowhere]
if settings.SANDBOX:
    sandbox_urlpatterns = [*import_module("wechat.simulator.socket_urls").urlpatterns, nowhere]
