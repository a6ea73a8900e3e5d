"""A frame as text: JSON with a `type` (contract.md §7)."""

import json
from typing import Any

from rest_framework.utils.encoders import JSONEncoder


def frame(name: str, /, **content: Any) -> str:
    return json.dumps({"type": name, **content}, cls=JSONEncoder, ensure_ascii=False)
