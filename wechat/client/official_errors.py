"""The Official Account's error codes (wechat-protocol.md §4.8); some mean other things in WeCom."""

from wechat.client.errors import ErrorTable

# The customer-service window is closed, or its five messages are used up: only a template message
# still reaches the follower.
WINDOW_CLOSED = frozenset({"45015", "45047"})

OFFICIAL = ErrorTable(
    token=frozenset({40001, 40014, 41001, 42001}),
    retry={-1: "平台繁忙", 45033: "并发调用超限"},
    throttled={45009: "公众号接口当日调用次数已用完，次日再发", 45011: "调用过于频繁"},
    until_tomorrow=frozenset({45009}),
    permanent={
        40001: "AppSecret 或 access_token 无效，请检查 MP_APP_SECRET",
        40003: "openid 无效，或不属于这个公众号",
        40007: "素材无效或已过期",
        40008: "消息类型不支持",
        40013: "AppID 不正确，请检查 MP_APP_ID",
        40015: "菜单按钮的类型不对",
        40016: "一级菜单最多 3 个",
        40017: "菜单按钮的类型不对",
        40018: "菜单名称过长",
        40019: "菜单的 key 过长",
        40020: "菜单的链接过长",
        40023: "二级菜单最多 5 个",
        40029: "授权 code 无效",
        40035: "参数不合法",
        40037: "模板 ID 不存在，请检查 template_id",
        40051: "二维码的类型不对",
        40052: "二维码的有效期不对",
        40053: "二维码的场景值不对",
        40055: "菜单的链接不合法",
        40058: "参数不合法",
        40125: "AppSecret 不正确，请检查 MP_APP_SECRET",
        40164: "服务器 IP 不在公众号的 IP 白名单，请在公众平台添加",
        41028: "form_id 不正确或已过期",
        41029: "form_id 已被使用",
        43004: "接收方没有关注公众号",
        43101: "用户没有订阅这个通知，或已拒收",
        44004: "内容为空",
        45002: "内容超过长度限制",
        45015: "用户超过 48 小时没有互动，客服消息已不能发送",
        45047: "客服消息条数已用完，须等用户再次发来消息",
        45029: "永久二维码数量已达上限",
        46003: "公众号还没有菜单",
        47003: "模板参数不合要求，请检查各字段的名称与长度",
        48001: "公众号没有这个接口的权限（服务号须已认证）",
        48004: "公众号接口已被封禁，请登录公众平台查看",
        50001: "公众号没有获得这个接口的授权",
        50002: "公众号被限制，接口已停用，请登录公众平台查看",
    },
    account_faults=frozenset({40001, 40013, 40125, 40164, 48004, 50002}),
)
