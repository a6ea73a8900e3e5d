"""A safety net under every log line: what looks like a phone number or a secret is masked.

Nobody should pass these to a logger; an exception's text or a library's line may hold them anyway.
"""

import re
from collections.abc import MutableMapping
from typing import Any

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"pass(word|wd)|secret|token|authorization|api_?key|cookie|corpsecret|encoding_aes_key|smtp_url",
    re.IGNORECASE,
)
# Mainland mobile numbers, with or without their country code; longer numbers are ids.
_PHONE = re.compile(r"(?<![\dA-Za-z])((?:\+?86[- ]?)?1[3-9]\d)\d{4}(\d{4})(?!\d)")
_MAIL = re.compile(r"\b([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")
_HIDDEN_WORDS = (
    # A login in an address.
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+(@)"), rf"\1{HIDDEN}\2"),
    # `key=…` of a robot's address, `access_token=…`, `password: …`, `"secret": "…"`.
    (
        re.compile(
            r"((?:\b|_)(?:key|access_token|token|secret|corpsecret|password|passwd|signature|sig)"
            r"[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;)}]{4,}",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b(Bearer|Api-Key|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # A JSON web token by itself.
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+"), HIDDEN),
)
# What a value holds below this is not looked at: nobody logs that.
_DEPTH = 4
# Ours, and never anybody's data.
_PLAIN = frozenset({"level", "logger", "timestamp", "request_id", "task_id", "task"})


def mask_line(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor."""
    for name, value in event.items():
        if name not in _PLAIN:
            event[name] = _masked(name, value, _DEPTH)
    return event


def masked(text: str) -> str:
    """The text with phone numbers, mail addresses and secrets hidden."""
    text = _PHONE.sub(r"\1****\2", text)
    text = _MAIL.sub(rf"\1{HIDDEN}@\2", text)
    for pattern, hidden in _HIDDEN_WORDS:
        text = pattern.sub(hidden, text)
    return text


def _masked(name: str, value: Any, depth: int) -> Any:
    if value and _SECRET_NAME.search(name) and isinstance(value, str | bytes):
        return HIDDEN
    if isinstance(value, str):
        return masked(value)
    if depth and isinstance(value, dict):
        return {key: _masked(str(key), item, depth - 1) for key, item in value.items()}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_masked(name, item, depth - 1) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return masked(str(value)) if _PHONE.fullmatch(str(value)) else value
    return value
