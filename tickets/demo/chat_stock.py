"""What the demo's past chats are: who asked, what was said, how long each took."""

from dataclasses import dataclass

GROUPS = {"售前": ("wangwu",), "售后": ("lisi", "wangwu")}
# Name, phone, company, whose they are; beside the desk's own people.
VISITORS = (
    ("赵敏", "+8613700137011", "云帆网络科技有限公司", "lisi"),
    ("孙浩", "+8613700137012", "恒信建材有限公司", "wangwu"),
    ("吴倩", "+8613700137013", "朗读文化传播有限公司", "lisi"),
    ("郑凯", "+8613700137014", "捷达汽车服务有限公司", "wangwu"),
    ("冯雪", "+8613700137015", "暖阳家居有限公司", "lisi"),
    ("蒋波", "+8613700137016", "远山食品有限公司", "wangwu"),
)
HELLO = "您好，请问有什么可以帮您？"
# The customer's words and the agent's, in turn.
TALKS: tuple[tuple[str, ...], ...] = (
    (
        "你好，我的云服务器连不上了",
        "您好，请问是从什么时候开始的？控制台显示什么状态？",
        "今天早上，显示运行中",
        "已查到是安全组规则误删，正在为您恢复",
        "可以连上了，谢谢！",
        "不客气，祝您工作顺利。",
    ),
    (
        "发票抬头可以改吗",
        "可以的，请把新的抬头和税号发给我",
        "好的，我稍后发到邮箱",
        "收到后当天为您重开。",
    ),
    (
        "报表平台导出特别慢",
        "请问大概多少行数据？",
        "三千多行，等了五分钟",
        "这个量不应该这么慢，我为您清理一下导出队列，请再试一次",
        "现在十几秒就好了",
        "好的，有问题随时联系我们。",
    ),
    (
        "企业版一年多少钱？支持多少人？",
        "企业版按人数计价，50 人以内有优惠，您那边大约多少人使用？",
        "三十人左右",
        "我把报价单发给您，也可以先开通 14 天试用。",
        "先试用吧",
        "已为您开通，账号会发到您的手机。",
    ),
    (
        "验证码一直收不到",
        "麻烦看一下短信拦截，或提供后四位手机号我帮您查",
        "7001",
        "已经重新发送，请查收",
        "收到了",
    ),
    ("请问可以对接我们自己的 ERP 吗", "可以，我们提供开放接口，文档发您", "好，我让技术看看"),
    (
        "昨天说的备份任务处理好了吗",
        "已经处理，昨夜的备份执行成功",
        "好的，辛苦了",
    ),
    (
        "登录后台报错 500",
        "请稍等，我看一下日志",
        "快点，我们等着用",
        "已转交技术处理，预计半小时恢复，恢复后第一时间通知您",
    ),
)


@dataclass(frozen=True)
class Turn:
    """A chat of a usual day; seconds. Without an agent the customer left the queue."""

    hour: int
    minute: int
    talk: int
    agent: str = ""
    wait: int = 0
    reply: int = 20
    pace: int = 40
    score: int = 0
    ended_by: str = "agent"


DAY = (
    Turn(9, 4, 0, "lisi", 2, 18, 55, 5),
    Turn(9, 11, 3, "wangwu", 3, 25, 70, 5),
    Turn(9, 40, 1, "lisi", 5, 30, 40, 4, "idle"),
    Turn(10, 2, 4, "wangwu", 12, 22, 35, 5, "customer"),
    Turn(10, 15, 7, "lisi", 95, 60, 80, 2),
    Turn(10, 21, 5, "wangwu", 48, 35, 45),
    Turn(10, 33, 2, "", 210, ended_by="abandoned"),
    Turn(11, 8, 2, "lisi", 8, 15, 50, 5),
    Turn(13, 45, 6, "wangwu", 4, 20, 30, 5, "customer"),
    Turn(14, 10, 0, "wangwu", 20, 28, 60, 4),
    Turn(14, 26, 4, "lisi", 15, 12, 30),
    Turn(15, 5, 3, "wangwu", 6, 30, 65, 5),
    Turn(15, 38, 1, "lisi", 33, 40, 45, 3, "idle"),
    Turn(16, 20, 2, "lisi", 4, 16, 40, 5),
    Turn(17, 12, 7, "wangwu", 130, 75, 60, 1),
)
DAYS = 6
# 张三's own, the day before.
ZHANGSAN = Turn(16, 42, 0, "lisi", 3, 15, 48, 5)
COMMENTS = {5: "回复很快，问题解决了", 4: "不错", 2: "等得有点久", 1: "还没解决"}
