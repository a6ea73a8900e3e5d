"""The documents as a reader has them: code blocks, code spans, links, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.M)


@dataclass(frozen=True)
class Document:
    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        return _BLOCK.sub("", self.text)

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Language and content of each fenced block."""
        yield from ((found[1], found[2]) for found in _BLOCK.finditer(self.text))

    def spans(self) -> Iterator[str]:
        yield from (found[1] for found in _SPAN.finditer(self.prose))

    def links(self) -> Iterator[str]:
        prose = _SPAN.sub("", self.prose)
        yield from (found[1] or found[2] for found in _LINK.finditer(prose))

    def anchors(self) -> set[str]:
        """As GitHub makes them of headings."""
        return {
            re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
            for heading in _HEADING.findall(self.prose)
        }


DOCUMENTS = [
    Document(path)
    for path in (
        ROOT / "README.md",
        ROOT / "README.zh-CN.md",
        *sorted((ROOT / "docs").glob("*.md")),
    )
]
BY_NAME = {str(document): document for document in DOCUMENTS}


def commands(text: str) -> list[str]:
    """The commands of a shell block, each with the lines that go on; comments and answers left out."""
    found: list[str] = []
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            found.append(re.sub(r"\s+# .*$", "", stripped))
    return found
