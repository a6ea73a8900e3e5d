"""Customer groups change hands: at once, without asking anybody."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from config.events.publish import publish
from customers.actions.handover.people import candidates_of
from customers.actions.handover.results import answer_note, case_actor, held_items, items_save
from customers.actions.handover.transport import Answer, Verdict
from customers.models import CustomerGroup, Handover, HandoverItem, HandoverState, User


@transaction.atomic
def groups_apply(
    handover: Handover, to_user: User, answers: Mapping[str, Answer], *, items: Sequence[int]
) -> None:
    """Applies answers (by chat id) to those of `items` that still wait for `to_user`."""
    people = candidates_of(handover)
    held = held_items(handover, items, to_user)
    for item in held:
        assert item.group is not None
        answer = answers.get(item.group.chat_id)
        if answer is None:
            continue
        if answer.verdict in (Verdict.ACCEPTED, Verdict.DONE):
            _move(item, item.group, to_user, handover)
        else:
            answer_note(item, answer, people)
    items_save(held)


def _move(item: HandoverItem, group: CustomerGroup, to_user: User, handover: Handover) -> None:
    CustomerGroup.objects.filter(pk=group.pk).update(
        owner=to_user, owner_userid=to_user.wecom_user_id or ""
    )
    item.state, item.code, item.detail = HandoverState.DONE, "", ""
    item.moved["groups"] = 1
    item.finished_at = timezone.now()
    actor = case_actor(handover)
    publish(
        "customer.group.transferred",
        {
            "group_id": group.pk,
            "chat_id": group.chat_id,
            "handover_id": handover.pk,
            "from_user_id": handover.from_user_id,
            "to_user_id": to_user.pk,
            "entry": str(actor.entry),
            "actor": actor.name,
        },
        key=f"group:{group.pk}",
    )
