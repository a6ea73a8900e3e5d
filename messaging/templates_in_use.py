"""Templates as the hot path needs them: looked up and taken apart once, known for two seconds."""

import threading
import time
from functools import lru_cache

from config.errors import InvalidInputError
from messaging.models import MessageTemplate, TemplateStatus
from messaging.rendering import Source, source_of

KEPT_SECONDS = 2.0
MOST_KEPT = 1000

_lock = threading.Lock()
_by_key: dict[tuple[str, object], tuple[float, MessageTemplate]] = {}


def template_active(*, template_id: int | None, code: str | None) -> MessageTemplate:
    """The active template of that id or code; raises `InvalidInputError` naming the field.

    A change is seen by every process within two seconds.
    """
    attr = "template_id" if template_id is not None else "template_code"
    template = _known(("pk", template_id) if template_id is not None else ("code", code))
    if template is None:
        raise InvalidInputError("没有这个模板", code="not_found", attr=attr)
    if template.status != TemplateStatus.ACTIVE:
        raise InvalidInputError(f"模板「{template.name}」已停用", code="inactive", attr=attr)
    return template


def template_in_use(template: MessageTemplate) -> Source:
    """The template's present version, taken apart."""
    return (
        _source(
            template.pk, template.version, template.body_format, template.subject, template.body
        )
        if not template.options
        else source_of(template)
    )


def forget() -> None:
    with _lock:
        _by_key.clear()


def _known(key: tuple[str, object]) -> MessageTemplate | None:
    now = time.monotonic()
    with _lock:
        at, found = _by_key.get(key, (0.0, None))
    if found is not None and now - at < KEPT_SECONDS:
        return found
    found = MessageTemplate.objects.filter(**{key[0]: key[1]}).first()
    with _lock:
        if len(_by_key) >= MOST_KEPT:
            _by_key.clear()
        if found is not None:
            _by_key[key] = (now, found)
    return found


@lru_cache(maxsize=1024)
def _source(pk: int, version: int, body_format: str, subject: str, body: str) -> Source:
    return Source(body_format, subject, body, {})
