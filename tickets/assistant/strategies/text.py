"""A customer's words in one way of writing, for rules and models alike."""

import re
import unicodedata

# Longer texts say what they are about in their beginning.
LONGEST = 500

_TRADITIONAL = str.maketrans(
    "沒嗎請問電話這個麼們進單號綁機價錢買壞報錯連訴轉務謝為還處時間開關設備網絡頁無應級費試優會"
    "對說來後給讓幫點經辦總幾誰裡現過長運斷線響據導發統總續業專體樣聯係繫訂購產實際門員團隊愛滿態"
    "壓熱當邊銷賣貨從華親類爛騙氣歡馬車東樂準確認證碼證變將該學習聽覺雲數據庫儲寫讀軟輸傳鏈結",
    "没吗请问电话这个么们进单号绑机价钱买坏报错连诉转务谢为还处时间开关设备网络页无应级费试优会"
    "对说来后给让帮点经办总几谁里现过长运断线响据导发统总续业专体样联系系订购产实际门员团队爱满态"
    "压热当边销卖货从华亲类烂骗气欢马车东乐准确认证码证变将该学习听觉云数据库储写读软输传链结",
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\ufe0f\x00-\x08\x0b-\x1f]")
_SPACE = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d{3,}")


def plain(text: str) -> str:
    """Half-width, lower case, simplified; at most two of a character in a row; `LONGEST` long."""
    text = unicodedata.normalize("NFKC", text[: LONGEST * 2]).casefold()
    text = _INVISIBLE.sub("", text).translate(_TRADITIONAL)
    text = _SPACE.sub(" ", text).strip()
    text = _BETWEEN_HAN.sub("", text)
    return _DRAWN_OUT.sub(r"\1\1", text)[:LONGEST]


def without_names(text: str) -> str:
    """`plain` without what tells whom or which: links and long numbers become one mark each."""
    return _NUMBER.sub("0", _LINK.sub("※", plain(text)))
