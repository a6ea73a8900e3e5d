"""Reading pages as people do: the words that are not Chinese."""

import re
from html.parser import HTMLParser

WORD = re.compile(r"[A-Za-z][A-Za-z'’]{2,}")
# Names, and what people in the trade write so themselves.
FINE = frozenset(
    [
        "API",
        "CSV",
        "XLSX",
        "SLA",
        "SDK",
        "RFM",
        "UnionID",
        "OpenID",
        "ID",
        "URL",
        "JSON",
        "IP",
        "SMS",
        "APP",
        "AI",
        "MB",
        "KB",
        "KF",
        "PIPL",
        "HTTP",
        "HTTPS",
        "Excel",
        "Redis",
        "HTML",
        "Markdown",
        "Ctrl",
        "esc",
        "SSL",
        "PEM",
        "VAPID",
        "AppKey",
        "JPush",
        "Master",
        "Secret",
        "Web",
        "Push",
        "App",
        "iOS",
        "https",
        "mailto",
        "Base",
        "CRM",
        "Control",
        "Command",
        "Mac",
        "cron",
        "recipient",
        "customer",
        "company",
    ]
)
SILENT = frozenset({"script", "style", "code", "pre", "svg", "textarea", "kbd"})
SAID = ("placeholder", "title", "aria-label", "alt")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.texts += [given[name] for name in SAID if given.get(name)]
        if tag in ("br", "img", "input", "meta", "link", "hr", "source", "path", "rect", "wbr"):
            return
        is_icon = "material-symbols-outlined" in (given.get("class") or "")
        self._open.append("icon" if is_icon else tag)

    def handle_endtag(self, tag):
        while self._open:
            if self._open.pop() in (tag, "icon"):
                break

    def handle_data(self, data):
        if not SILENT.intersection(self._open) and "icon" not in self._open and data.strip():
            self.texts.append(data.strip())


def texts_of(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    return reader.texts


def foreign_words(html: str, also_fine: frozenset[str] = frozenset()) -> set[str]:
    return {
        word
        for text in texts_of(html)
        for word in WORD.findall(
            re.sub(r"\{\{.*?\}\}|[\w.]+_[\w.]+|https?://\S+|\w+\.\w+", "", text)
        )
        # A hash has letters too.
        if word not in FINE | also_fine and not re.fullmatch("[a-f]+", word)
    }
