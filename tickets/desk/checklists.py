"""A ticket's steps: put there by templates and colleagues, ticked off one by one."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotFoundError
from config.runtime import store
from customers.actors import Actor
from tickets import states
from tickets.actions.trail import lock_ticket, record, require_team
from tickets.models import ChecklistItem, ChecklistTemplate, EventKind, Ticket
from tickets.states import TicketStatus
from tickets.visibility import tickets_visible_to

CHECKLIST_REQUIRED = "ticket.checklist_required"
TEXT_LENGTH = 200
MOST_ITEMS = 100
NAMED = 10


def checklist_start(ticket: Ticket) -> list[ChecklistItem]:
    """Puts the steps of every template that fits on a new ticket; the same step stands once."""
    texts: dict[str, None] = {}
    for template in ChecklistTemplate.objects.filter(is_active=True).order_by("id"):
        if not template.products or ticket.product in template.products:
            texts.update(dict.fromkeys(str(text)[:TEXT_LENGTH] for text in template.items))
    return ChecklistItem.objects.bulk_create(
        [
            ChecklistItem(ticket=ticket, position=place, text=text)
            for place, text in enumerate(list(texts)[:MOST_ITEMS], start=1)
        ]
    )


@transaction.atomic
def checklist_add(*, ticket_id: int, text: str, actor: Actor) -> ChecklistItem:
    """One more step at the end. Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError`."""
    require_team(actor)
    text = text.strip()
    if not 0 < len(text) <= TEXT_LENGTH:
        raise InvalidInputError(f"步骤必须是 1 到 {TEXT_LENGTH} 个字", attr="text")
    ticket = lock_ticket(ticket_id, actor)
    standing = ticket.checklist.aggregate(last=Max("position"))["last"] or 0
    if ticket.checklist.count() >= MOST_ITEMS:
        raise InvalidInputError(f"一个工单最多 {MOST_ITEMS} 个步骤", attr="text")
    item = ChecklistItem.objects.create(ticket=ticket, position=standing + 1, text=text)
    record(ticket, actor, EventKind.CHECKED, to_value="added", content=text)
    return item


@transaction.atomic
def checklist_check(
    *, item_id: int, done: bool, actor: Actor, ticket_id: int | None = None
) -> ChecklistItem:
    """The step, done or open again; what is so already stays. Raises as `checklist_add`."""
    ticket, item = _locked(item_id, ticket_id, actor)
    if done == (item.done_at is not None):
        return item
    item.done_at = timezone.now() if done else None
    item.done_by = actor.user if done else None
    item.save(update_fields=["done_at", "done_by"])
    states = ("open", "done") if done else ("done", "open")
    record(
        ticket,
        actor,
        EventKind.CHECKED,
        from_value=states[0],
        to_value=states[1],
        content=item.text,
    )
    return item


@transaction.atomic
def checklist_remove(*, item_id: int, actor: Actor, ticket_id: int | None = None) -> None:
    """Takes a step away; the trail keeps its words. Raises as `checklist_add`."""
    ticket, item = _locked(item_id, ticket_id, actor)
    item.delete()
    record(ticket, actor, EventKind.CHECKED, to_value="removed", content=item.text)


def require_done(ticket: Ticket, target: TicketStatus) -> None:
    """While the runtime setting `ticket.checklist_required` says so, resolving asks for every step.

    Raises `ConflictError` naming those that are open.
    """
    if target != TicketStatus.RESOLVED or not store.get(CHECKLIST_REQUIRED):
        return
    if left := open_steps(ticket):
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}），"
            f"检查清单还有 {len(left)} 步未完成：{'、'.join(left[:NAMED])}",
            code="checklist_open",
            attr="status",
        )


def open_steps(ticket: Ticket) -> list[str]:
    """The steps that nobody has ticked off, in their order."""
    return list(ticket.checklist.filter(done_at=None).values_list("text", flat=True))


def _locked(item_id: int, ticket_id: int | None, actor: Actor) -> tuple[Ticket, ChecklistItem]:
    """The step and its ticket, held; a step of another ticket than the one named is none."""
    require_team(actor)
    items = ChecklistItem.objects.filter(ticket__in=tickets_visible_to(actor).values("pk"))
    if ticket_id is not None:
        items = items.filter(ticket_id=ticket_id)
    found = items.filter(pk=item_id).values_list("ticket_id", flat=True).first()
    if found is None:
        raise NotFoundError("找不到这个步骤")
    ticket = lock_ticket(found, actor)
    # Read again under the lock: two who tick at once leave one event.
    item = ChecklistItem.objects.select_related("done_by").filter(pk=item_id).first()
    if item is None:
        raise NotFoundError("找不到这个步骤")
    return ticket, item
