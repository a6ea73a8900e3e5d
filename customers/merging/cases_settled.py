"""The question about two records that have become one is answered."""

from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer, MergeCase, MergeStatus


def settle_case(keep: Customer, gone: Customer, actor: Actor) -> None:
    first, second = sorted((keep.pk, gone.pk))
    MergeCase.objects.filter(first=first, second=second).exclude(status=MergeStatus.MERGED).update(
        status=MergeStatus.MERGED, decided_by=actor.user, decided_at=timezone.now()
    )
