"""What of a question counts when it is compared: politeness goes, synonyms become one, pieces weigh.

Chinese is cut into its letters and two-letter pieces, not into words: a dictionary takes a second to
load, and this runs inside a callback's transaction.
"""

import re
import unicodedata

COMPARED_LENGTH = 300
_LETTER, _ASKING = 0.4, 0.25
# Said around a question; each makes a gap that no piece reaches across.
_POLITE = re.compile(
    r"你好|您好|请问|麻烦|谢谢|多谢|感谢|在吗|在么|有人吗|我想问一下|想问一下|想问下|问一下|问下|想咨询|"
    r"咨询一下|请教一下|请教|帮我看一下|帮我看看|看一下|帮忙|帮我|一下|老师|亲爱的|是不是|可不可以|能不能|"
    r"我们公司|我们|你们|咱们|我的|贵公司|现在|这个|那个|就是|然后|之后|以后|的话|哈喽|hello|\bhi\b|thanks?|please"
)
_TAILS = re.compile(r"[呢啊呀吧吗嘛哦噢喔哈诶欸的了]")
_SAME = {
    "怎么": "怎么样|怎样|如何|咋样|咋个|咋|怎麽|怎嘛|肿么|怎么办理|怎么操作",
    "多久": "什么时候|啥时候|几时|多长时间|多少天|几天|多久能|多久会",
    "什么": "啥子|啥|什麽|神马",
    "价格": "多少钱|几多钱|价位|报价|收费|费用|价钱|价格",
    "登录": "登陆|登入|登录不上|登不上|登不进",
    "改": "修改|更改|变更|更换|换成|换掉",
    "开": "开具|开立|开一张|开张",
    "手机号": "手机号码|电话号码|手机号|电话号",
    "不能": "无法|不能够|不能|没办法|没法|不可以|不了",
    "忘": "遗忘|忘掉|忘记|不记得|想不起",
    "退款": "退钱|退费|退款|退回款",
    "快递": "发货|寄出|寄送|物流|快递",
}
_OTHER_WORDS = re.compile("|".join(f"({others})" for others in _SAME.values()))
_ONE_WORD = list(_SAME)
_RUNS = re.compile(r"[a-z0-9]+(?:\.[0-9]+)*|[\u3400-\u9fff]+")
# How it is asked says less than what about.
_QUESTION_WORDS = frozenset(
    {"怎么", "什么", "多久", "多少", "哪里", "哪些", "为什", "可以", "需要"}
)
_QUESTION = re.compile("|".join(sorted(_QUESTION_WORDS)))


def plain(text: str) -> str:
    """Lower case, of one width, without what people say around a question."""
    words = unicodedata.normalize("NFKC", text.replace("\x00", "")).lower()[: COMPARED_LENGTH * 2]
    words = _POLITE.sub(" ", words)
    words = _OTHER_WORDS.sub(lambda found: _ONE_WORD[(found.lastindex or 1) - 1], words)
    return _TAILS.sub(" ", words)[:COMPARED_LENGTH]


def cleaned(text: str) -> str:
    """`plain`, its letters and digits alone; all of the text's where nothing would be left."""
    return "".join(_RUNS.findall(plain(text))) or "".join(_RUNS.findall(text.lower()))


def pieces(text: str) -> dict[str, float]:
    """Each piece of the text, and how much it counts before it is known how rare it is."""
    found: dict[str, float] = {}
    for run in _RUNS.findall(plain(text)):
        if run[0].isascii():
            found[run] = 1.0
            continue
        for asked in _QUESTION.findall(run):
            found[asked] = _ASKING
        for part in filter(None, _QUESTION.split(run)):
            found.update(dict.fromkeys(part, _LETTER))
            found.update((part[at : at + 2], 1.0) for at in range(len(part) - 1))
    return found
