"""The message that a member of staff gets in the WeCom app."""

from messaging.channels import registry
from messaging.channels.base import Content
from messaging.markup import cut_utf8
from messaging.models import BodyFormat, ChannelType
from messaging.sending.accept import NewMessage

# The app takes 2048; the rest is room.
MARKDOWN_BYTES = 2000


def to_member(
    address: str,
    text: str,
    *,
    priority: int,
    customer_id: int | None = None,
    dedupe_key: str | None = None,
) -> NewMessage:
    """Markdown `text`, cut to what the app takes, for whom WeCom knows as `address`; not accepted yet."""
    content = Content(BodyFormat.MARKDOWN, subject="", body=cut_utf8(text, MARKDOWN_BYTES))
    return NewMessage(
        channel=ChannelType.WORK_WECHAT,
        recipient=address,
        customer_id=customer_id,
        payload=registry.get(ChannelType.WORK_WECHAT).compose(content),
        priority=priority,
        dedupe_key=dedupe_key,
    )
