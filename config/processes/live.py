"""What granian's socket workers serve: sockets and sends, in a process that lives long and says so."""

from config.asgi import application  # isort: skip - sets Django up

import threading

from config.processes import standing
from config.runtime import following

following.begin("live")
standing.start(threading.Event())

__all__ = ["application"]
