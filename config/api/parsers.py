"""JSON bodies, read strictly: what PostgreSQL or a JSON peer could not take back is a 400."""

import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

# Deeper than anybody means it; what reads or writes JSON further on must not run out of stack.
MAX_DEPTH = 100


def check_storable(value: Any, depth: int = 0) -> None:
    """Refuses NUL characters and lone surrogates, which no text column can hold, NaN, and depths."""
    if depth > MAX_DEPTH:
        raise ParseError("正文嵌套过深")
    if isinstance(value, str):
        if "\x00" in value:
            raise ParseError("正文含有 NUL 字符 (\\u0000)")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ParseError("正文含有不成对的代理字符") from None
    elif isinstance(value, dict):
        for key, item in value.items():
            check_storable(key)
            check_storable(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check_storable(item, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ParseError("正文含有超出范围的数字")


class ApiJSONParser(JSONParser):
    """DRF's parser, and deep nesting or unstorable characters are a 400 too."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        try:
            data = super().parse(stream, media_type, parser_context)
            check_storable(data)
        except RecursionError:
            raise ParseError("正文嵌套过深") from None
        return data
