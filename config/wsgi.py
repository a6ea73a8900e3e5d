"""Django by WSGI; granian serves it as `config.processes.web`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.processes.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Every view is imported now, not while the first caller waits.
_ = get_resolver().url_patterns
settle()
