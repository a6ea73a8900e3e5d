"""Messages and channels on the admin's first page, and beside its navigation."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from config.admin_look import badges
from config.dashboard import cards
from config.dashboard.cards import Card, Content, Day, Figure, Line, Tone
from customers.phone_visibility import address_shown
from messaging.models import ChannelCircuit, ChannelType, Message, MessageStatus
from messaging.statistics.overview import overview

SHOWN, DAYS = 5, 7
# Below this share the success rate is something to look at.
GOOD_RATE = 0.95
LIST = "admin:messaging_message_changelist"


def register() -> None:
    view = "messaging.view_message"
    cards.register(Card("messages", "今日消息", "forward_to_inbox", view, 30, _today, is_wide=True))
    cards.register(Card("failed_messages", "最近失败的消息", "error", view, 50, _failed))
    cards.register(
        Card("channels", "渠道状态", "hub", "messaging.view_channelcircuit", 60, _channels)
    )
    badges.register("messages_failed_today", lambda user: int(overview(1)["failed"]))
    badges.register(
        "circuits_open", lambda user: ChannelCircuit.objects.filter(is_open=True).count()
    )


def _today(user: Any) -> Content:
    days = overview(DAYS)["trend"]
    today = days[-1]
    ended = today["sent"] + today["failed"]
    rate = today["sent"] / ended if ended else None
    address = reverse(LIST)
    failed = {"status__exact": MessageStatus.FAILED}
    return Content(
        figures=(
            Figure("总数", str(today["total"]), address),
            Figure("已发送", str(today["sent"])),
            Figure(
                "失败",
                str(today["failed"]),
                f"{address}?{urlencode(failed)}",
                Tone.BAD if today["failed"] else Tone.PLAIN,
            ),
            Figure(
                "成功率",
                "—" if rate is None else f"{rate:.1%}",
                tone=Tone.PLAIN if rate is None else Tone.GOOD if rate >= GOOD_RATE else Tone.BAD,
            ),
        ),
        trend=[Day(day["date"], day["total"], day["failed"]) for day in days],
        empty="" if any(day["total"] for day in days) else f"近 {DAYS} 天没有消息",
        more=address,
    )


def _failed(user: Any) -> Content:
    rows = Message.objects.exclude(error_code="").filter(status=MessageStatus.FAILED)
    latest = rows.only(
        "message_id", "channel", "recipient", "error_code", "error_detail", "created_at"
    ).order_by("-id")[:SHOWN]
    return Content(
        lines=[_message_line(message, user) for message in latest],
        empty="没有失败的消息",
        more=f"{reverse(LIST)}?{urlencode({'status__exact': MessageStatus.FAILED})}",
    )


def _message_line(message: Message, user: Any) -> Line:
    channel = ChannelType(message.channel).label
    return Line(
        f"{channel} · {address_shown(message.recipient, user)}",
        message.error_detail or message.error_code,
        reverse("admin:messaging_message_change", args=[message.pk]),
        Tone.BAD,
    )


def _channels(user: Any) -> Content:
    broken = list(ChannelCircuit.objects.filter(is_open=True).order_by("-opened_at")[:SHOWN])
    return Content(
        figures=(Figure("熔断中", str(len(broken)), tone=Tone.BAD if broken else Tone.GOOD),),
        lines=[
            Line(
                _name_of(circuit),
                f"{circuit.detail or circuit.code}"
                + (
                    f"，{timezone.localtime(circuit.open_until):%H:%M} 再试"
                    if circuit.open_until
                    else ""
                ),
                reverse("admin:messaging_channelcircuit_change", args=[circuit.pk]),
                Tone.BAD,
            )
            for circuit in broken
        ],
        empty="各渠道正常",
        more=reverse("admin:messaging_channelcircuit_changelist"),
    )


def _name_of(circuit: ChannelCircuit) -> str:
    channel, _, account = circuit.key.partition(":")
    label = dict(ChannelType.choices).get(channel, channel)
    return f"{label} · 账号 {account}" if account not in ("", "0") else f"{label}"
