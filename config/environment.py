"""The environment as the settings read it: `.env`, the profile, and values that must outlive a start."""

import secrets
from pathlib import Path
from typing import Literal

import environ
from environ.fileaware_mapping import FileAwareMapping

BASE_DIR = Path(__file__).resolve().parent.parent
Profile = Literal["embedded", "services"]


class _Mapping(FileAwareMapping):  # type: ignore[misc]
    """`NAME_FILE` names a file that holds the value, as Docker's secrets do."""

    def __getitem__(self, key: str) -> str:
        # Editors and `echo` end a file with a line break that is no part of a secret.
        return str(super().__getitem__(key)).rstrip("\r\n")


class _Env(environ.Env):  # type: ignore[misc]
    ENVIRON = _Mapping()


env = _Env()
environ.Env.read_env(BASE_DIR / ".env")


def data_dir() -> Path:
    """The folder for what the embedded profile keeps: database, secret key, demo password."""
    path = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
    path.mkdir(parents=True, exist_ok=True)
    return path


def profile() -> Profile:
    """`services` as soon as a broker is named, else everything in one process."""
    return "services" if env.str("BROKER_URL", default="") else "embedded"


def kept_secret(name: str, *, length: int = 48) -> str:
    """The environment's value, else one made at the first start and kept in the data folder.

    Only for the embedded profile: several machines could not agree on such a value.
    """
    given = env.str(name, default="")
    if given:
        return str(given)
    path = data_dir() / name.lower()
    if not path.exists():
        path.write_text(secrets.token_urlsafe(length))
        path.chmod(0o600)
    return path.read_text().strip()
