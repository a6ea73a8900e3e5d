"""What a menu's key asks for, at every entry that has a menu: the same words everywhere."""

import unicodedata

from tickets.models import Intent

INTENTS = {
    "progress": Intent.PROGRESS,
    "human": Intent.HUMAN,
    "bind": Intent.BIND,
    "submit": Intent.FAULT,
    "presale": Intent.PRESALE,
}
# Menus that were made by hand in a platform's console have what is written on them as their key.
_WORDS = {
    **dict.fromkeys(("进度查询", "查询进度", "查进度", "进度", "我的工单"), Intent.PROGRESS),
    **dict.fromkeys(("人工", "人工客服", "转人工", "联系客服"), Intent.HUMAN),
    **dict.fromkeys(("绑定", "绑定手机"), Intent.BIND),
    **dict.fromkeys(("提交问题", "报修", "故障报修", "创建工单"), Intent.FAULT),
    **dict.fromkeys(("咨询", "售前咨询", "产品咨询"), Intent.PRESALE),
}


def intent_of(key: str) -> Intent | None:
    """None for a key that asks for nothing we know."""
    said = unicodedata.normalize("NFKC", key).strip().casefold()
    return INTENTS.get(said) or _WORDS.get(said)
