"""The environment as the settings read it: `.env`, the profile, and values that must outlive a start."""

import secrets
from pathlib import Path
from typing import Literal

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
Profile = Literal["embedded", "services"]

env = environ.Env()
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
