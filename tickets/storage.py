"""Where files lie: a folder that no address leads to, under names that tell nothing."""

import secrets
from pathlib import PurePosixPath

from django.core.files.storage import Storage, storages
from django.utils import timezone


def private_storage() -> Storage:
    return storages["private"]


def random_path(instance: object, name: str) -> str:
    """`tickets/2026/11/<32 letters>.pdf`: spread over months, guessed by nobody."""
    return _path("tickets", name)


def chat_path(instance: object, name: str) -> str:
    """`random_path` for what is sent in chats."""
    return _path("chats", name)


def _path(folder: str, name: str) -> str:
    extension = PurePosixPath(name).suffix
    return f"{folder}/{timezone.localtime():%Y/%m}/{secrets.token_hex(16)}{extension}"
