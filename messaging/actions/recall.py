"""What can still be done to a message that its provider has: taking it back, changing its card."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import aiohttp

from config.errors import ConflictError, InvalidInputError
from messaging.channels import registry
from messaging.channels.base import Channel, Outcome, Result, SentMessage
from messaging.models import Message, ProviderReference
from messaging.models.message import ARRIVED
from messaging.sending import pool

CALL_SECONDS = 8


class ProviderRefusedError(ConflictError):
    """The provider would not; its code and words are in the detail."""

    code = "provider_refused"


def message_recall(*, message: Message) -> Message:
    """Takes the message back from its reader; the row says so and stays.

    Raises `ConflictError` (not sent, or recalled before), `InvalidInputError` (a channel that
    cannot), `ProviderRefusedError`.
    """
    channel, sent = _sent(message)
    _run(lambda http: channel.recall(sent, http))
    Message.objects.filter(pk=message.pk).update(error_code="recalled", error_detail="已撤回")
    message.refresh_from_db()
    return message


def message_change_card(*, message: Message, change: Mapping[str, Any]) -> None:
    """Changes the card once: `{"replace_name": …}` or `{"card": {…}}`. Raises as `message_recall`.

    The code that allows it is taken first, so two callers at once change it once.
    """
    if not change.get("card") and not change.get("replace_name"):
        raise InvalidInputError("需要 replace_name 或 card", attr="replace_name")
    channel, sent = _sent(message)
    reference = ProviderReference.objects.exclude(change_code="").filter(message=message).first()
    code = reference.change_code if reference else ""
    taken = reference is not None and ProviderReference.objects.filter(
        pk=reference.pk, change_code=code
    ).update(change_code="")
    if reference is None or not taken:
        raise ConflictError("这张卡片不能更新，或已经更新过", attr="message_id")
    sent = SentMessage(sent.account, sent.recipient, sent.provider_message_id, code)
    try:
        _run(lambda http: channel.change_card(sent, change, http))
    except InvalidInputError:
        # Nothing was asked of the provider: the code is still good.
        ProviderReference.objects.filter(pk=reference.pk).update(change_code=code)
        raise


def _sent(message: Message) -> tuple[Channel, SentMessage]:
    if message.status not in ARRIVED or not message.provider_message_id:
        raise ConflictError(f"消息当前状态为 {message.status}，不能撤回或更新", attr="status")
    if message.error_code == "recalled":
        raise ConflictError("消息已经撤回", attr="status")
    return registry.get(message.channel), SentMessage(
        message.account, message.recipient, message.provider_message_id
    )


def _run(call: Any) -> None:
    async def ask() -> Result:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                asked: Coroutine[Any, Any, Result] = call(pool.session())
                return await asked
        except (TimeoutError, aiohttp.ClientError, OSError):
            return Result(Outcome.RETRY, "no_answer", "平台没有应答")

    result: Result = pool.run_call(ask())
    if result.outcome is not Outcome.SENT:
        raise ProviderRefusedError(f"平台拒绝（{result.code}）：{result.detail}")
