"""From a message's payload to the bytes that go over the wire (RFC 5322, MIME)."""

import base64
import binascii
import re
from collections.abc import Mapping
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from config.errors import InvalidInputError
from messaging.channels.base import Content
from messaging.channels.email.plain_text import plain_text
from messaging.markup import one_line
from messaging.models import BodyFormat, ChannelAccount

OPTIONS = frozenset({"attachments", "unsubscribe_url"})
ATTACHMENTS, ATTACHMENT_BYTES = 10, 1024 * 1024
SUBJECT_LENGTH, FILENAME_LENGTH, URL_LENGTH = 255, 200, 900
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9][A-Za-z0-9.+-]{0,99}")
_UNFOLDED = "List-Unsubscribe"


class _Policy(policy.EmailPolicy):
    """Puts in order what the standard library folds badly.

    It encodes a long address of the web, which no program undoes, and loses spaces between
    encoded and plain words.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == _UNFOLDED:
            return f"{name}: {value}\r\n".encode("ascii")
        if name == "Subject" and not value.isascii():
            return f"{name}: {_encoded(name, value)}\r\n".encode("ascii")
        if name == "From" and not value.isascii():
            (address,) = value.addresses
            words = _encoded(name, address.display_name)
            return f"{name}: {words}\r\n <{address.addr_spec}>\r\n".encode("ascii")
        return super().fold_binary(name, value)


def _encoded(name: str, words: str) -> str:
    return Header(words, "utf-8", header_name=name).encode(linesep="\r\n")


# Any server takes 7-bit lines; not all take 8-bit ones.
_POLICY: policy.EmailPolicy = _Policy(linesep="\r\n", cte_type="7bit")


def compose(content: Content) -> dict[str, Any]:
    """`{"subject", "text", "html"?, "attachments"?, "unsubscribe_url"?}`; raises `InvalidInputError`."""
    subject = one_line(content.subject)
    if not subject:
        raise InvalidInputError("邮件需要标题", attr="subject")
    payload: dict[str, Any] = {"subject": subject[:SUBJECT_LENGTH].rstrip(), "text": content.body}
    if content.body_format == BodyFormat.HTML:
        payload |= {"text": plain_text(content.body), "html": content.body}
    attachments = content.options.get("attachments")
    if attachments:
        payload["attachments"] = _attachments(attachments)
    if url := content.options.get("unsubscribe_url"):
        payload["unsubscribe_url"] = _url(url)
    return payload


def build(
    payload: Mapping[str, Any], *, account: ChannelAccount, recipient: str, message_id: str
) -> bytes:
    """The whole message; nothing in a header can begin another."""
    own: Mapping[str, Any] = account.settings
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = one_line(str(payload["subject"]))
    name = one_line(str(own.get("from_name", "")))
    mail["From"] = Address(display_name=name, addr_spec=str(own["from_address"]))
    mail["To"] = Address(addr_spec=recipient)
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    if own.get("reply_to"):
        mail["Reply-To"] = Address(addr_spec=str(own["reply_to"]))
    if payload.get("unsubscribe_url"):
        mail[_UNFOLDED] = f"<{payload['unsubscribe_url']}>"
    mail.set_content(str(payload["text"]))
    if payload.get("html"):
        mail.add_alternative(str(payload["html"]), subtype="html")
    for item in payload.get("attachments", []):
        kind, _, subtype = str(item["content_type"]).partition("/")
        mail.add_attachment(
            base64.b64decode(item["content_base64"]),
            maintype=kind,
            subtype=subtype,
            filename=str(item["filename"]),
        )
    return mail.as_bytes()


def message_id_of(message_id: str, account: ChannelAccount) -> str:
    """The same for every attempt of one message, so that a repeat can be recognised."""
    domain = str(account.settings.get("from_address", "")).rpartition("@")[2]
    return f"<{message_id}@{domain}>"


def _attachments(given: Any) -> list[dict[str, str]]:
    attr = "options.attachments"
    if not isinstance(given, list) or len(given) > ATTACHMENTS:
        raise InvalidInputError(f"必须是最多 {ATTACHMENTS} 个附件的列表", attr=attr)
    found, total = [], 0
    for item in given:
        if not isinstance(item, Mapping) or not all(
            isinstance(item.get(name), str)
            for name in ("filename", "content_type", "content_base64")
        ):
            raise InvalidInputError("附件需要 filename、content_type、content_base64", attr=attr)
        try:
            total += len(base64.b64decode(item["content_base64"], validate=True))
        except (binascii.Error, ValueError):
            raise InvalidInputError("附件内容不是有效的 Base64", attr=attr) from None
        if total > ATTACHMENT_BYTES:
            raise InvalidInputError("附件合计不能超过 1 MB", attr=attr)
        found.append(
            {
                "filename": _filename(item["filename"]),
                "content_type": _content_type(item["content_type"]),
                "content_base64": item["content_base64"],
            }
        )
    return found


def _filename(given: str) -> str:
    name = one_line(given).replace("/", "_").replace("\\", "_")[:FILENAME_LENGTH]
    if not name:
        raise InvalidInputError("附件需要文件名", attr="options.attachments")
    return name


def _content_type(given: str) -> str:
    if not _MEDIA_TYPE.fullmatch(given) or given.lower().startswith(("multipart/", "message/")):
        raise InvalidInputError("附件的 content_type 无效", attr="options.attachments")
    return given.lower()


def _url(given: Any) -> str:
    url = given if isinstance(given, str) else ""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(' <>"')
    if not (is_plain and parts.scheme in ("http", "https") and parts.hostname):
        raise InvalidInputError("必须是 http(s) 地址", attr="options.unsubscribe_url")
    if len(url) > URL_LENGTH:
        raise InvalidInputError("地址过长", attr="options.unsubscribe_url")
    return url
