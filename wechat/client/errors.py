"""What a platform's error codes mean for a message (wechat-protocol.md §4.8).

Decide on `errcode`, never on `errmsg`: its text may change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from messaging.channels.base import Outcome, Result
from messaging.channels.retry_after import RATE_WINDOW_SECONDS, wait_of

# The platform's days begin and end there, whatever our own time zone is.
_PLATFORM_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class PlatformAnswer:
    """The platform's JSON, taken apart once at the wall."""

    errcode: int
    errmsg: str
    body: dict[str, object]


@dataclass(frozen=True)
class ErrorTable:
    """One platform's codes by class, each with a sentence that an operator can act on.

    `token`: the token is fetched anew and the call repeated, once. What is refused even then is
    permanent if it stands there too, else tried again later.
    """

    token: frozenset[int]
    retry: Mapping[int, str]
    throttled: Mapping[int, str]
    permanent: Mapping[int, str]
    # Throttled until the platform's next day.
    until_tomorrow: frozenset[int] = field(default=frozenset())
    # Permanent, and every other message of the account would be refused likewise.
    account_faults: frozenset[int] = field(default=frozenset())

    def token_is_bad(self, answer: PlatformAnswer) -> bool:
        return answer.errcode in self.token

    def result_of(self, answer: PlatformAnswer) -> Result:
        """The result of one attempt. An unknown code is permanent: repeating it helps nobody."""
        code, name = answer.errcode, str(answer.errcode)
        if code == 0:
            return Result(
                Outcome.SENT,
                provider_message_id=str(answer.body.get("msgid") or ""),
                change_code=str(answer.body.get("response_code") or ""),
            )
        if code in self.retry:
            return Result(Outcome.RETRY, name, self.retry[code])
        if code in self.throttled:
            wait = seconds_to_tomorrow() if code in self.until_tomorrow else RATE_WINDOW_SECONDS
            return Result(Outcome.THROTTLED, name, self.throttled[code], retry_after_seconds=wait)
        if code in self.token and code not in self.permanent:
            return Result(Outcome.RETRY, name, "access_token 失效，刷新后仍被拒绝")
        return Result(
            Outcome.PERMANENT,
            name,
            self.permanent.get(code, f"平台拒绝：{answer.errmsg[:200]}"),
            is_account_fault=code in self.account_faults,
        )


EMPTY_CONTENT = 44004
WECOM = ErrorTable(
    token=frozenset({40014, 41001, 42001}),
    retry={-1: "平台繁忙", 6000: "数据版本冲突", 41096: "欢迎语正在发送", 45033: "并发调用超限"},
    throttled={45009: "超过平台频率限制", 45011: "调用过于频繁"},
    permanent={
        40001: "企业微信 Secret 不正确，请检查 WECOM_CORP_SECRET",
        40003: "成员账号无效",
        40007: "素材无效或已过期",
        40008: "消息类型不支持",
        40013: "企业 ID 不正确，请检查 WECOM_CORP_ID",
        40029: "code 无效或已使用",
        40035: "参数不合法",
        40058: "参数不合法或内容过长",
        40068: "企业标签不存在",
        40071: "标签名已存在",
        40078: "卡片更新凭证无效或已使用",
        40096: "外部联系人无效",
        40126: "企业标签数量已达上限",
        41051: "欢迎语已经发送过",
        43004: "成员未绑定微信",
        EMPTY_CONTENT: "内容为空",
        48002: "应用没有调用此接口的权限",
        50001: "跳转域名不在可信域名内",
        60011: "应用对该成员没有权限，请检查可见范围",
        60020: "服务器 IP 不在企业可信名单，请在管理后台添加",
        60111: "成员不存在",
        81013: "接收人均无效或不在应用可见范围",
        84061: "与该外部联系人没有客户关系",
        # 90500–90508: one group of a hand-over, each for a reason of its own.
        **dict.fromkeys(range(90500, 90509), "客户群不能转移：群主未离职、不是客户群或已处理"),
        93000: "群机器人 Webhook 无效，或机器人已被移出群",
        93004: "群机器人已停用",
        93008: "机器人不在该群",
        95000: "客服账号无效",
        95001: "已达到本次会话的消息条数上限",
        95002: "超过 48 小时，不能再发送",
        95007: "消息通知凭证无效或已过期",
        95013: "会话已结束",
        95014: "接待人员未激活，或已停止接待",
        95016: "会话当前状态不能这样变更",
        95017: "微信客服的 API 开关未打开",
        95018: "会话状态不允许发送",
        301002: "没有该应用的权限",
        301052: "会话存档已过期",
    },
    account_faults=frozenset({40001, 40013, 48002, 50001, 60020, 93000, 93004, 93008, 301002}),
)


def seconds_to_tomorrow(now: datetime | None = None) -> float:
    """Until a minute past the platform's midnight."""
    here = now.astimezone(_PLATFORM_ZONE) if now else datetime.now(_PLATFORM_ZONE)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(0, 1), _PLATFORM_ZONE)
    return (midnight - here).total_seconds()


def result_of_status(status: int, retry_after: str | None) -> Result:
    """What an HTTP status other than 200 means."""
    if status == 429:
        wait = wait_of(retry_after)
        return Result(Outcome.THROTTLED, "http_429", "平台限流", retry_after_seconds=wait)
    if status >= 500:
        return Result(Outcome.RETRY, f"http_{status}", "平台服务异常")
    return Result(Outcome.PERMANENT, f"http_{status}", "平台拒绝了请求，请检查地址")
