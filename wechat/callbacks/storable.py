"""What a text column can hold of what somebody sent."""

from typing import Any


def storable(value: Any) -> Any:
    """Without what no text column can hold: NUL and lone surrogates."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode(errors="ignore").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value
