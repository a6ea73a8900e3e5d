"""What the model wrote, believed only as far as it names what there is."""

import json
import re
from collections.abc import Collection
from typing import Any, TypeGuard

from tickets.assistant.strategies.base import Guess
from tickets.models import Intent

# Some models cannot do without a fence around JSON.
_FENCE = re.compile(r"^\s*```(?:json)?\s*|\s*```\s*$")
LONGEST = 4000


def guess_in(written: str, offered: Collection[int]) -> Guess | None:
    """None for anything but `{intent, confidence, article_ids}` of known intents and offered articles."""
    said = _parsed(written)
    intent, confidence, ids = (said.get(name) for name in ("intent", "confidence", "article_ids"))
    if not isinstance(intent, str) or intent not in Intent.values:
        return None
    if not _is_number(confidence) or not 0 <= confidence <= 1:
        return None
    ids = ids if isinstance(ids, list) else []
    named = [pk for pk in ids if isinstance(pk, int) and not isinstance(pk, bool) and pk in offered]
    return Guess(Intent(intent), float(confidence), {"article_ids": list(dict.fromkeys(named))})


def _parsed(written: str) -> dict[str, Any]:
    """Empty for what is no JSON object."""
    if len(written) > LONGEST:
        return {}
    try:
        said: Any = json.loads(_FENCE.sub("", written))
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
