"""The platform's message bodies, within its lengths in bytes (wechat-protocol.md §§4.2, 4.4)."""

from typing import Any

from messaging.channels.base import Content
from messaging.markup import cut_utf8
from messaging.models import BodyFormat

TEXT_BYTES = 2048


def compose(content: Content, *, markdown_bytes: int) -> dict[str, Any]:
    """`{"msgtype": …}` with the subject as the first line, if there is one."""
    subject, body = content.subject, content.body
    if content.body_format == BodyFormat.MARKDOWN:
        text = f"**{subject}**\n{body}" if subject else body
        return {"msgtype": "markdown", "markdown": {"content": cut_utf8(text, markdown_bytes)}}
    text = f"{subject}\n{body}" if subject else body
    return {"msgtype": "text", "text": {"content": cut_utf8(text, TEXT_BYTES)}}
