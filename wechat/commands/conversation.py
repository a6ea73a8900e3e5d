"""What one member and we have open with each other in one chat: a choice, a ticket being asked."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from customers.actors import Actor
from tickets.intake.actions import CANCELS, intake_is_open
from tickets.intake.choice import chosen_number
from wechat.commands import command_json
from wechat.commands.choosing import KEPT_MINUTES
from wechat.commands.meaning import Command
from wechat.commands.result import Choice, CommandResult
from wechat.models import PendingQuestion


@dataclass(frozen=True)
class Answered:
    """What came of an open choice: a command to run, or words to say."""

    command: Command | None = None
    said: str = ""


def conversation_key(actor: Actor) -> str:
    """One member in one chat, through one door."""
    user_id = actor.user.pk if actor.user else 0
    return f"{actor.entry}:{actor.chat_id}:{user_id}"


def is_open(actor: Actor) -> bool:
    """Whether the member's next words may be an answer."""
    key = conversation_key(actor)
    pending = PendingQuestion.objects.filter(key=key, expires_at__gt=timezone.now())
    return pending.exists() or intake_is_open(key=key)


def keep_choices(key: str, result: CommandResult) -> None:
    """The choices wait for the member's number; a later list takes the place of an earlier one."""
    if not result.choices:
        return
    PendingQuestion.objects.update_or_create(
        key=key,
        defaults={
            "kind": type(result.choices[0].command).__name__[:10],
            "options": [_option(choice) for choice in result.choices],
            "expires_at": timezone.now() + timedelta(minutes=KEPT_MINUTES),
        },
    )


def _option(choice: Choice) -> dict[str, object]:
    return {"label": choice.label, "command": command_json.dump(choice.command)}


def answered(key: str, words: str) -> Answered | None:
    """What `words` choose; None when nothing was open or they are no answer: then it is closed."""
    question = PendingQuestion.objects.filter(key=key).first()
    if question is None:
        return None
    number = chosen_number(words)
    if question.expires_at <= timezone.now() or (number is None and words not in CANCELS):
        question.delete()
        return None
    if number is None:
        question.delete()
        return Answered(said="已取消，没有做任何改动")
    if not 1 <= number <= len(question.options):
        return Answered(said=f"🤔 请回复 1 到 {len(question.options)} 之间的数字，或「取消」")
    question.delete()
    return Answered(command=command_json.load(question.options[number - 1]["command"]))


def forget_expired() -> int:
    """Questions hold people's names: they go once they are no longer answered."""
    return PendingQuestion.objects.filter(expires_at__lte=timezone.now()).delete()[0]
