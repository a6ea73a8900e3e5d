"""How long tables are kept: each app registers its own, `own.py` is the kernel's."""

from config.retention.registry import (
    Place,
    Remove,
    Removed,
    Table,
    expired,
    numbered,
    register,
    remove_all,
    tables,
)

__all__ = [
    "Place",
    "Remove",
    "Removed",
    "Table",
    "expired",
    "numbered",
    "register",
    "remove_all",
    "tables",
]
