"""What must be right before anything starts; `manage.py doctor` shows the same in plain words."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def profile_is_whole(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The services profile needs all three servers, the embedded one none."""
    if settings.EMBEDDED:
        return []
    missing = []
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        missing.append("DATABASE_URL")
    if not settings.REDIS_URL:
        missing.append("REDIS_URL")
    return [
        Error(
            f"BROKER_URL is set, so this is the services profile, but {name} is not.",
            hint="Set all of DATABASE_URL, BROKER_URL and REDIS_URL, or none of them.",
            id="config.E001",
        )
        for name in missing
    ]


@register()
def wecom_keys_have_their_form(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """An EncodingAESKey has 43 characters (wechat-protocol.md §1.1)."""
    return [
        Error(f"{name} must have 43 characters, it has {len(value)}.", id="config.E002")
        for name in ("WECOM_ENCODING_AES_KEY", "AIBOT_ENCODING_AES_KEY", "MP_ENCODING_AES_KEY")
        if (value := getattr(settings, name)) and len(value) != 43
    ]
