"""A batch between checking and sending: who it is for is kept until its author confirms it.

In the cache, for half an hour: what is lost there was never promised, and is uploaded again.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from customers.actors import Entry, actor_for
from customers.models import User
from customers.queries.segments import segment_named
from messaging.actions.audience import segment_addressees
from messaging.actions.send import (
    AcceptedBatch,
    Addressee,
    CheckedBatch,
    Options,
    batch_check,
    batch_send,
)
from messaging.models import MessageTemplate
from messaging.sheets import SheetRow
from messaging.templates_in_use import template_active

KEPT_SECONDS = 30 * 60


@dataclass(frozen=True)
class BatchDraft:
    template_id: int
    # From a table; or, without rows, whom the segment finds when it is asked.
    rows: Sequence[SheetRow]
    variables: Mapping[str, Any]
    options: Options
    segment_id: int | None = None


def draft_keep(draft: BatchDraft, *, author: User) -> str:
    """The token under which only its author finds it again."""
    token = secrets.token_urlsafe(16)
    cache.set(_key(token, author), draft, KEPT_SECONDS)
    return token


def draft_of(token: str, *, author: User) -> BatchDraft | None:
    """None when it was sent, given up, or kept for too long."""
    found: BatchDraft | None = cache.get(_key(token, author))
    return found


def draft_check(draft: BatchDraft, *, author: User) -> CheckedBatch:
    """What sending it now would do. Raises as `template_active` and `batch_check`."""
    template = template_active(template_id=draft.template_id, code=None)
    return batch_check(
        template=template,
        addressees=_addressees(draft, template, author),
        variables=draft.variables,
        options=draft.options,
    )


def draft_send(token: str, *, author: User) -> AcceptedBatch | None:
    """Sends it once, however often it is confirmed; None when somebody was first.

    Raises as `batch_send`; the draft is there again then.
    """
    draft = draft_of(token, author=author)
    if draft is None or not cache.delete(_key(token, author)):
        return None
    try:
        template = template_active(template_id=draft.template_id, code=None)
        return batch_send(
            template=template,
            addressees=_addressees(draft, template, author),
            variables=draft.variables,
            options=draft.options,
            actor=author,
        )
    except Exception:
        cache.set(_key(token, author), draft, KEPT_SECONDS)
        raise


def _addressees(draft: BatchDraft, template: MessageTemplate, author: User) -> list[Addressee]:
    if draft.segment_id is None:
        return [row.addressee for row in draft.rows]
    actor = actor_for(author, Entry.ADMIN)
    segment = segment_named(draft.segment_id, actor, attr="segment_id")
    return segment_addressees(segment, template=template, variables=draft.variables, actor=actor)


def _key(token: str, author: User) -> str:
    return f"messaging.batch_draft:{author.pk}:{token}"
