"""Trying a template out: filled in to look at, and sent to a few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from customers.models import User
from messaging.actions.send import Options, SingleSend, message_send
from messaging.models import Message, MessageTemplate
from messaging.rendering import MissingVariablesError, source_of

MAX_TEST_RECIPIENTS = 20


@dataclass(frozen=True)
class Preview:
    subject: str
    body: str
    missing: list[str]


def template_preview(template: MessageTemplate, variables: Mapping[str, Any]) -> Preview:
    """What is missing stays as it was written, and is named."""
    source = source_of(template)
    missing = source.missing(variables)
    shown = {name: f"{{{{{name}}}}}" for name in missing}
    try:
        content = source.render({**variables, **shown})
    except MissingVariablesError as error:
        return Preview("", "", error.names)
    return Preview(content.subject, content.body, missing)


@transaction.atomic
def template_test_send(
    *,
    template: MessageTemplate,
    recipients: Sequence[str],
    variables: Mapping[str, Any],
    actor: User | None,
) -> list[Message]:
    """A message to each, whatever the template's push mode; to all or, at a bad one, to nobody.

    Raises `InvalidInputError` naming what is wrong.
    """
    return [
        message_send(
            SingleSend(
                template=template, variables=variables, options=Options(), recipient=recipient
            ),
            actor=actor,
        )[0]
        for recipient in recipients
    ]
