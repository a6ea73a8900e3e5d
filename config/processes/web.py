"""What granian's HTTP workers serve: Django, in a process that lives long and says so."""

from config.wsgi import application  # isort: skip - sets Django up

import threading

from config.processes import standing
from config.runtime import following

following.begin("web")
standing.start(threading.Event())

__all__ = ["application"]
