"""Fills a desk for the tickets' bench; tells what is asked for as JSON.

Run inside the system's environment: `python -m bench.ticket_rows 100000`.
"""

import json
import os
import random
import sys
from itertools import islice
from typing import Any

import django

CUSTOMERS, STAFF, AT_ONCE = 5000, 20, 5000
PRODUCTS = ("斗战神V2.0", "云服务器管理系统", "官网", "小程序", "报表平台")
# Sentences as customers write them: what, how, since when.
WHAT = ("服务器", "登录页面", "订单列表", "支付接口", "报表导出", "短信验证码", "打印机", "数据库备份",
        "会员积分", "优惠券", "库存同步", "发票申请", "消息推送", "文件上传", "审批流程")  # fmt: skip
HOW = ("无法连接", "打不开", "报错500", "很慢", "数据不对", "一直转圈", "收不到", "重复了", "不见了",
       "权限不足", "超时", "显示乱码", "闪退", "卡住了")  # fmt: skip
WHERE = (
    "三楼机房",
    "上海分公司",
    "财务部",
    "新版本",
    "手机端",
    "Chrome",
    "内网",
    "测试环境",
    "直营店",
    "仓库",
)
SINCE = ("从今天上午开始", "升级之后", "昨晚起", "偶尔", "每次都这样", "周一以来", "重启后")
ANSWERS = (
    "已收到，马上处理",
    "请重启后再试",
    "请提供截图",
    "是网络配置错误，已修复",
    "已升级到新版本",
)


def fill(tickets: int) -> dict[str, Any]:
    from django.db import connection

    chance = random.Random(7)  # noqa: S311 - the same data in each run
    staff, customers = _people()
    first = _tickets(tickets, staff, customers, chance)
    _events(first, chance)
    with connection.cursor() as cursor:
        # Spread over two years, the newest last; solved within a day.
        made = "now() - (%(count)s - (id - %(first)s)) * interval '10 minutes'"
        cursor.execute(
            f"UPDATE tickets_ticket SET created_at = {made},"  # noqa: S608 - our own words
            f" responded_at = {made} + (id %% 200) * interval '1 minute',"
            f" deadline = {made} + interval '1 day', resolved_at = CASE WHEN status = 'closed'"
            f" THEN {made} + (id %% 1600) * interval '1 minute' END",
            {"count": tickets, "first": first},
        )
        cursor.execute(
            "INSERT INTO tickets_ticketrating (ticket_id, cycle, score, comment, entry, created_at)"
            " SELECT id, 1, 1 + id %% 5, '', 'web', resolved_at FROM tickets_ticket"
            " WHERE status = 'closed' AND id %% 3 = 0",
            [],
        )
        cursor.execute("VACUUM ANALYZE tickets_ticket, tickets_ticketevent, tickets_ticketrating,"
                       " customers_customer")  # fmt: skip
    return {"first": first, "customers": customers}


def _people() -> tuple[list[int], list[int]]:
    from customers.models import Customer, User

    staff = [User(username=f"agent{n}", name=f"客服{n}", role="staff", wecom_user_id=f"agent{n}")
             for n in range(STAFF)]  # fmt: skip
    keys = [user.pk for user in User.objects.bulk_create(staff)]
    rows = [
        Customer(name=f"客户{n}", phone=f"+86{13_000_000_000 + n}", company=f"公司{n % 500}",
                 follow_user_id=keys[n % STAFF])
        for n in range(CUSTOMERS)
    ]  # fmt: skip
    return keys, [row.pk for row in Customer.objects.bulk_create(rows, batch_size=AT_ONCE)]


def _tickets(count: int, staff: list[int], customers: list[int], chance: random.Random) -> int:
    from django.utils import timezone

    from tickets.models import Ticket

    now = timezone.now()

    def row(n: int) -> Ticket:
        title = f"{chance.choice(WHERE)}{chance.choice(WHAT)}{chance.choice(HOW)}"
        is_open = n > count - 2000
        return Ticket(
            title=title,
            description=f"{title}，{chance.choice(SINCE)}，编号{chance.randrange(10**6)}。"
            + "".join(chance.choice(WHAT) + chance.choice(HOW) + "。" for _ in range(3)),
            product=PRODUCTS[n % len(PRODUCTS)],
            customer_id=customers[n % len(customers)],
            assignee_id=staff[n % len(staff)],
            status=chance.choice(("assigned", "processing")) if is_open else "closed",
            priority=chance.choice(("low", "normal", "normal", "high", "urgent")),
            deadline=now,
            resolved_at=None if is_open else now,
        )

    first = 0
    numbers = iter(range(count))
    while some := list(islice(numbers, AT_ONCE)):
        made = Ticket.objects.bulk_create([row(n) for n in some])
        first = first or made[0].pk
    return first


def _events(first: int, chance: random.Random) -> None:
    """A reply and, for the closed ones, the words that solved it."""
    from tickets.models import Ticket, TicketEvent

    def rows(pk: int, status: str) -> list[TicketEvent]:
        about: dict[str, Any] = {"ticket_id": pk, "actor_name": "客服", "visibility": "public",
                                 "entry": "console"}  # fmt: skip
        reply = TicketEvent(
            **about, sequence=1, kind="reply", content=f"{chance.choice(ANSWERS)}（{pk}）"
        )
        solved = TicketEvent(**about, sequence=2, kind="status", from_value="processing",
                             to_value="resolved", content=chance.choice(ANSWERS))  # fmt: skip
        return [reply, solved] if status == "closed" else [reply]

    known = Ticket.objects.filter(pk__gte=first).order_by("pk").values_list("pk", "status")
    source = known.iterator(chunk_size=AT_ONCE)
    while some := list(islice(source, AT_ONCE)):
        TicketEvent.objects.bulk_create([event for one in some for event in rows(*one)])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(fill(int(sys.argv[1]))))
