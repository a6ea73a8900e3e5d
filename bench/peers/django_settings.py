"""The smallest Django that the Django-based peers need."""

import os
from urllib.parse import urlsplit

_url = urlsplit(os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@127.0.0.1/bench"))
SECRET_KEY = "only-for-the-benchmark"  # noqa: S105
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.lstrip("/"),
        "USER": _url.username or "",
        "PASSWORD": _url.password or "",
        "HOST": _url.hostname or "",
        "PORT": str(_url.port or 5432),
        "CONN_MAX_AGE": 600,
    }
}
INSTALLED_APPS = ["django.contrib.contenttypes", "post_office"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TEMPLATES = [
    {"BACKEND": backend, "APP_DIRS": True}
    for backend in (
        "django.template.backends.django.DjangoTemplates",
        "post_office.template.backends.post_office.PostOfficeTemplates",
    )
]
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("BENCH_SMTP_PORT", "25"))
EMAIL_BACKEND = "post_office.EmailBackend"
POST_OFFICE = {
    "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    "THREADS_PER_PROCESS": 8,
    "BATCH_SIZE": 1000,
    "LOG_LEVEL": 1,
    "CELERY_ENABLED": False,
}
