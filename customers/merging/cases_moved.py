"""Open questions about a customer who is gone go on with who was kept."""

from django.db.models import Q

from customers.actors import Actor
from customers.models import Customer, MergeCase


def move_cases(keep: Customer, gone: Customer, actor: Actor) -> int:
    """The question of these two stays as the answer that it got; a doubled one goes."""
    moved = 0
    for case in MergeCase.objects.filter(Q(first=gone) | Q(second=gone)):
        other = case.second_id if case.first_id == gone.pk else case.first_id
        if other == keep.pk:
            continue
        first, second = sorted((keep.pk, other))
        if MergeCase.objects.filter(first=first, second=second).exists():
            case.delete()
            continue
        MergeCase.objects.filter(pk=case.pk).update(first=first, second=second)
        moved += 1
    return moved
