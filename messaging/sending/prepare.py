"""From a claimed row to what its channel sends: the template's version filled in, once."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from messaging.channels import registry
from messaging.channels.accounts import Accounts
from messaging.channels.base import Channel, Outbound
from messaging.models import MessageBatch, MessageTemplate, TemplateVersion
from messaging.rendering import Source, source_of
from messaging.sending.claim import Claimed


class TemplateVersionMissing(Exception):
    """The version that the message was accepted with is not there; nothing of ours removes one."""


def prepare(
    row: Claimed, shared: Mapping[str, Any], accounts: Accounts
) -> tuple[Channel, Outbound]:
    """The channel, and the message as it sees it.

    Raises `UnknownChannelError`, `InvalidInputError` (a variable is missing, a body is too long),
    and whatever a broken channel raises.
    """
    channel = registry.get(row.channel)
    payload = row.payload
    if payload is None:
        source = _source(row.template_id, row.template_version)
        variables = {**shared, **(row.variables or {})} if shared else row.variables or {}
        payload = channel.compose(source.render(variables))
    return channel, Outbound(
        pk=row.pk,
        message_id=row.message_id,
        channel=row.channel,
        account=accounts.by_pk.get(row.account_id) if row.account_id else None,
        recipient=row.recipient,
        payload=payload,
        attempts=row.attempts,
    )


@lru_cache(maxsize=2048)
def _source(template_id: int | None, version: int | None) -> Source:
    """A version never changes, so it is read once."""
    if template_id is None or version is None:
        raise TemplateVersionMissing
    found: TemplateVersion | MessageTemplate | None = (
        TemplateVersion.objects.filter(template_id=template_id, version=version).first()
        # The newest version is the template itself.
        or MessageTemplate.objects.filter(pk=template_id, version=version).first()
    )
    if found is None:
        raise TemplateVersionMissing(f"{template_id} v{version}")
    return source_of(found)


@lru_cache(maxsize=512)
def shared_variables(batch_id: int) -> Mapping[str, Any]:
    """What all messages of the batch have in common; fixed when it was accepted."""
    found = MessageBatch.objects.filter(pk=batch_id).values_list("variables", flat=True).first()
    return found or {}


def forget() -> None:
    """Empties what this process remembers; for tests, whose databases begin anew."""
    _source.cache_clear()
    shared_variables.cache_clear()
