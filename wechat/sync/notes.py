"""What a member notes about a customer: how much of it the platform keeps."""

LIMITS = {"remark": 20, "description": 150, "company": 20}


def as_written(name: str, value: str) -> str:
    """`value` as it arrives on the platform."""
    return value[: LIMITS[name]].strip()


def is_same(name: str, ours: str, theirs: str) -> bool:
    """Whether the platform's copy is ours, as far as it goes there."""
    return theirs in (ours, as_written(name, ours))
