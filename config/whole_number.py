"""Whole numbers in what others wrote.

`isdigit` alone also takes ², at which `int` fails, and any number of digits, which no column holds.
"""

# As many digits as every number fits into a bigint with.
LONGEST = 18


def whole_number(text: str, longest: int = LONGEST) -> int | None:
    """What up to `longest` ASCII digits say; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None
