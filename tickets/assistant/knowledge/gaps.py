"""What was asked and had no answer; numbers, addresses and names of persons are not kept."""

import re

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tickets.assistant.knowledge.words import cleaned
from tickets.models import GapStatus, KnowledgeGap

LENGTH = 200
# Shorter is no question.
SHORTEST = 3
_PRIVATE = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "（邮箱）"),
    (re.compile(r"https?://\S+"), "（链接）"),
    (re.compile(r"\+?\d(?:[\d\s-]{4,})\d[xX]?"), "（号码）"),
    (
        re.compile(
            r"(?:我叫|我是|姓名[是:：]?|联系人[是:：]?)\s*[\u4e00-\u9fff]{2,4}(?=[，,。;；\s]|$)"
        ),
        "（姓名）",
    ),
)


@transaction.atomic
def gap_note(text: str) -> KnowledgeGap | None:
    """`text` had no answer: one more time. None when it is no question that could have one.

    What had been answered and is asked in vain again is open again; what was put aside stays so.
    """
    question = without_private(" ".join(text.replace("\x00", "").split()))[:LENGTH]
    key = cleaned(question)[:LENGTH]
    if len(key) < SHORTEST or key.isdigit():
        return None
    now = timezone.now()
    gap, is_new = KnowledgeGap.objects.get_or_create(
        key=key, defaults={"question": question, "last_asked_at": now}
    )
    if not is_new:
        gaps = KnowledgeGap.objects.filter(pk=gap.pk)
        gaps.update(count=F("count") + 1, last_asked_at=now)
        gaps.filter(status=GapStatus.RESOLVED).update(status=GapStatus.OPEN)
    return gap


def without_private(text: str) -> str:
    """The text without numbers, addresses and names that tell who asked."""
    for found, said in _PRIVATE:
        text = found.sub(said, text)
    return text
