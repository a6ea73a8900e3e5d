"""The trend picture: four small charts of the last seven days, as a PNG.

A server may have no Chinese font: then the headings are English, and numbers are numbers anyway.
"""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

from monitoring.digest.figures import Day

Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont
Box: TypeAlias = tuple[int, int, int, int]

WIDTH, HEIGHT, MARGIN, GAP = 1200, 900, 40, 40
INK, FAINT, LINE, PAPER = "#1f2937", "#6b7280", "#e5e7eb", "#ffffff"
# Where distributions put their fonts, and the names of those that have Chinese.
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts")
FONT_NAMES = (
    *("NotoSansCJK*", "NotoSansSC*", "SourceHanSans*"),
    *("wqy-*", "DroidSansFallback*", "PingFang*"),
)
FONT_KINDS = {".ttf", ".ttc", ".otf"}


@dataclass(frozen=True)
class _Chart:
    """One or two counts a day, side by side; the colours are those of their names."""

    title: str
    english: str
    series: Sequence[tuple[str, str, str, str]]  # field, name, English name, colour


CHARTS = (
    _Chart(
        "消息",
        "Messages",
        (("sent", "成功", "sent", "#10b981"), ("failed", "失败", "failed", "#ef4444")),
    ),
    _Chart(
        "工单",
        "Tickets",
        (
            ("tickets_created", "新建", "new", "#3b82f6"),
            ("tickets_resolved", "解决", "resolved", "#10b981"),
        ),
    ),
    _Chart(
        "会话",
        "Chats",
        (("chats", "发起", "asked", "#8b5cf6"), ("chats_answered", "接入", "answered", "#10b981")),
    ),
    _Chart(
        "客户",
        "Customers",
        (
            ("customers_new", "新增", "new", "#f59e0b"),
            ("customers_lost", "流失", "lost", "#ef4444"),
        ),
    ),
)


def trend_picture(days: dict[dt.date, Day]) -> bytes:
    """A PNG of a few dozen KB."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    wide, high = (WIDTH - 2 * MARGIN - GAP) // 2, (HEIGHT - 2 * MARGIN - GAP) // 2
    for place, chart in enumerate(CHARTS):
        left = MARGIN + place % 2 * (wide + GAP)
        top = MARGIN + place // 2 * (high + GAP)
        _draw_chart(draw, (left, top, left + wide, top + high), chart, days)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_chart(
    draw: ImageDraw.ImageDraw, box: Box, chart: _Chart, days: dict[dt.date, Day]
) -> None:
    left, top, right, bottom = box
    is_chinese = _font_path() is not None
    draw.text((left, top), chart.title if is_chinese else chart.english, INK, _font(30))
    _draw_legend(draw, chart, right, top, is_chinese=is_chinese)
    plot: Box = (left + 70, top + 64, right, bottom - 40)
    most = _ceiling(max(getattr(day, row[0]) for day in days.values() for row in chart.series))
    _draw_axis(draw, plot, most)
    step = (plot[2] - plot[0]) / len(days)
    bar = step * 0.7 / len(chart.series)
    for place, (date, day) in enumerate(days.items()):
        middle = plot[0] + step * (place + 0.5)
        draw.text((middle, bottom - 30), f"{date:%m-%d}", FAINT, _font(20), anchor="ma")
        for number, (field, _, _, colour) in enumerate(chart.series):
            count = getattr(day, field)
            start = middle - bar * len(chart.series) / 2 + number * bar
            high = (plot[3] - plot[1]) * count / most
            if count:
                spot = (start + 1, plot[3] - max(high, 2), start + bar - 1, plot[3])
                draw.rectangle(spot, fill=colour)


def _draw_axis(draw: ImageDraw.ImageDraw, plot: Box, most: int) -> None:
    for part in range(5):
        y = plot[3] - (plot[3] - plot[1]) * part / 4
        draw.line((plot[0], y, plot[2], y), fill=LINE, width=2)
        if (most * part) % 4 == 0:
            value = _short(most * part // 4)
            draw.text((plot[0] - 12, y), value, FAINT, _font(20), anchor="rm")


def _draw_legend(
    draw: ImageDraw.ImageDraw, chart: _Chart, right: int, top: int, *, is_chinese: bool
) -> None:
    for _, name, english, colour in reversed(chart.series):
        word = name if is_chinese else english
        font = _font(22)
        right -= round(draw.textlength(word, font=font))
        draw.text((right, top + 6), word, FAINT, font)
        right -= 26
        draw.rectangle((right, top + 10, right + 16, top + 26), fill=colour)
        right -= 28


def _ceiling(count: int) -> int:
    """The axis ends at a round number that four lines share."""
    for digits in range(12):
        for first in (4, 8, 12, 16, 20, 24, 32, 40):
            if first * 10**digits >= count:
                return int(first * 10**digits)
    return count


def _short(value: int) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value / 1000:g}k" if value >= 10_000 else str(value)


@cache
def _font_path() -> str | None:
    for folder in FONT_FOLDERS:
        for name in FONT_NAMES:
            for path in sorted(Path(folder).rglob(name)):
                if path.suffix.lower() in FONT_KINDS:
                    return str(path)
    return None


@cache
def _font(size: int) -> Font:
    path = _font_path()
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
