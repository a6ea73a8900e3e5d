"""A callback's fields as the XML that the platform writes."""

from typing import Any
from xml.sax.saxutils import escape


def xml_of(fields: dict[str, Any]) -> str:
    """`<xml>…</xml>`; numbers bare, lists as `<Item>`, everything else as character data."""
    return "<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return (
            f"<{name}>" + "".join(f"<Item>{escape(item)}</Item>" for item in value) + f"</{name}>"
        )
    if isinstance(value, dict):
        return (
            f"<{name}>" + "".join(_element(key, part) for key, part in value.items()) + f"</{name}>"
        )
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    # What a character-data section cannot hold is the end of one.
    text = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>"
