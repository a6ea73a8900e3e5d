"""Secrets at rest: a text field whose column holds a Fernet token, never the value."""

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class SecretUnreadableError(Exception):
    """The stored secret was written with another key; enter it again."""


def _fernet() -> Fernet:
    source = settings.FIELD_ENCRYPTION_KEY or settings.SECRET_KEY
    derived = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=b"field-encryption"
    ).derive(source.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def encrypt(value: str) -> str:
    return _fernet().encrypt(value.encode()).decode() if value else ""


def decrypt(token: str) -> str:
    """The plain value; raises `SecretUnreadableError` when the key has changed."""
    if not token:
        return ""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadableError from error


def mask(value: str) -> str:
    """How a secret is read back: `••••` and its last four characters, if it is long enough."""
    return f"••••{value[-4:]}" if len(value) >= 12 else ("••••" if value else "")


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Plain text in Python, a Fernet token in the column (key: `FIELD_ENCRYPTION_KEY`)."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return encrypt(prepared) if prepared else prepared

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        return decrypt(value) if value else value


class EncryptedJSONField(EncryptedTextField):
    """A mapping of names to secrets in Python, one Fernet token in the column."""

    _pyi_private_set_type: dict[str, str]  # type: ignore[assignment]
    _pyi_private_get_type: dict[str, str]  # type: ignore[assignment]

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(json.dumps(value, ensure_ascii=False) if value else "")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        plain = super().from_db_value(value, expression, connection)
        return json.loads(plain) if plain else {}
