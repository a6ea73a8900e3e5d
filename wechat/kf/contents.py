"""What an item says, in words (§4.6)."""

from typing import Any

# What has to be fetched by its `media_id`.
MEDIA = frozenset({"image", "voice", "video", "file"})
_NAMES = {
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "file": "文件",
    "location": "位置",
    "link": "链接",
    "business_card": "名片",
    "miniprogram": "小程序",
    "msgmenu": "菜单",
    "channels_shop_product": "视频号商品",
    "channels_shop_order": "视频号订单",
    "merged_msg": "聊天记录",
    "note": "笔记",
}
_SHOWN = ("name", "address", "title", "desc", "url", "userid", "head_content")


def said(item: dict[str, Any]) -> str:
    """A text's words; of anything else what it is, and what stands in it for people to read."""
    kind = str(item.get("msgtype") or "")
    part = item.get(kind)
    inner: dict[str, Any] = part if isinstance(part, dict) else {}
    if kind == "text":
        return str(inner.get("content") or "")
    shown = [str(inner[name]) for name in _SHOWN if isinstance(inner.get(name), str)]
    return " ".join(word for word in (f"[{_NAMES.get(kind, '消息')}]", *shown) if word)


def media_id_of(item: dict[str, Any]) -> str:
    kind = item.get("msgtype")
    part = item.get(kind) if kind in MEDIA else None
    return str(part.get("media_id") or "") if isinstance(part, dict) else ""
