"""The chart of docs/benchmarks.md: bars, as SVG written by hand."""

from collections.abc import Sequence
from html import escape

WIDTH, ROW, LEFT, RIGHT, TOP = 760, 30, 270, 120, 44
OWN, OTHER, BASE = "#2f6f4f", "#9aa5b1", "#c9a227"
_FONT = "font-family='system-ui, sans-serif' font-size='13'"


def bars(title: str, rows: Sequence[tuple[str, float, str, str]]) -> str:
    """Horizontal bars: name, length, the words at its end, colour; the longest fills the width."""
    longest = max((value for _, value, _, _ in rows), default=0.0) or 1.0
    height = TOP + ROW * len(rows) + 10
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' {_FONT}>",
        f"<rect width='{WIDTH}' height='{height}' fill='#ffffff'/>",
        f"<text x='12' y='24' font-size='15' font-weight='600'>{escape(title)}</text>",
    ]
    for place, (name, value, words, colour) in enumerate(rows):
        y = TOP + ROW * place
        length = max(1.0, (WIDTH - LEFT - RIGHT) * value / longest)
        middle = y + ROW // 2 + 4
        parts += [
            f"<text x='{LEFT - 10}' y='{middle}' text-anchor='end'>{escape(name)}</text>",
            f"<rect x='{LEFT}' y='{y + 4}' width='{length:.1f}' height='{ROW - 8}' fill='{colour}'/>",
            f"<text x='{LEFT + length + 8:.1f}' y='{middle}'>{escape(words)}</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])
