"""What the sidebar shows of a customer, in a bounded number of queries (contract.md §5)."""

from typing import Any

from customers.actors import Actor
from customers.models import Customer, Tag
from customers.queries import profile_parts
from customers.queries.addresses import BY_PHONE
from customers.queries.profile import SHOWN, moment
from customers.visibility import follow_ups_visible_to
from messaging.models import MessageTemplate, PushMode, TemplateStatus
from messaging.templates_in_use import template_in_use
from tickets.chat.visibility import chats_visible_to
from tickets.models import Priority
from tickets.states import OPEN
from tickets.visibility import tickets_visible_to

MOST_TICKETS = 10
MOST_TAGS = 200
MOST_TEMPLATES = 30


def sidebar_data(customer: Customer, actor: Actor) -> dict[str, Any]:
    """The customer is one that the actor may see."""
    return {
        "customer": _customer(customer, actor),
        "tags": profile_parts.tags(customer, actor),
        "projects": profile_parts.projects(customer, actor)["recent"],
        "tickets": _tickets(customer, actor),
        "chats": _chats(customer, actor),
        "follow_ups": _follow_ups(customer, actor),
        "quick_actions": _quick_actions(customer),
    }


def _customer(customer: Customer, actor: Actor) -> dict[str, Any]:
    shown = profile_parts.attributes(customer, actor)
    names = (
        "name", "phone", "company", "avatar", "gender_name", "channel_name", "status", "status_name",
        "remark", "description", "external_userid", "add_time", "last_contact_at",
    )  # fmt: skip
    owner = customer.follow_user
    return {
        "id": customer.pk,
        **{name: shown[name] for name in names},
        "owner": owner.display_name if owner else "",
    }


def _tickets(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    rows = tickets_visible_to(actor).filter(customer=customer, status__in=OPEN)
    return [
        {
            "id": row.pk,
            "title": row.title,
            "status": row.status,
            "status_name": row.get_status_display(),
            "priority": row.priority,
            "priority_name": Priority(row.priority).label,
            "progress": row.progress,
            "overdue": row.overdue,
            "assigned_to_name": row.assigned_to_name,
            "created_at": moment(row.created_at),
        }
        for row in rows.select_related("assignee").order_by("-id")[:MOST_TICKETS]
    ]


def _chats(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    rows = chats_visible_to(actor).filter(customer=customer).select_related("agent")
    return [
        {
            "id": row.pk,
            "status": row.status,
            "status_name": row.get_status_display(),
            "entry": row.entry,
            "agent": row.agent.display_name if row.agent else "",
            "created_at": moment(row.created_at),
            "last_message_at": moment(row.last_message_at),
        }
        for row in rows.order_by("-id")[:SHOWN]
    ]


def _follow_ups(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    rows = follow_ups_visible_to(actor).filter(customer=customer).order_by("-id")[:SHOWN]
    return [
        {
            "id": row.pk,
            "content": row.content,
            "author": row.author_name,
            "next_at": moment(row.next_at),
            "created_at": moment(row.created_at),
        }
        for row in rows
    ]


def _quick_actions(customer: Customer) -> list[dict[str, Any]]:
    """What can be done from here, each with the call that does it and what may be chosen."""
    tags = Tag.objects.select_related("group").order_by("group__order", "order", "id")[:MOST_TAGS]
    return [
        {
            "code": "tag",
            "label": "打标签",
            "url": f"/api/v1/customers/{customer.pk}/tags",
            "choices": [
                {"id": tag.pk, "name": tag.name, "group": tag.group.name if tag.group else ""}
                for tag in tags
            ],
        },
        {
            "code": "follow_up",
            "label": "写跟进",
            "url": f"/api/v1/customers/{customer.pk}/follow-ups",
            "choices": [],
        },
        {"code": "ticket", "label": "建工单", "url": "/api/tickets", "choices": []},
        {
            "code": "template",
            "label": "发模板",
            "url": "/api/wechat/sidebar-send",
            "choices": templates_for(customer),
        },
    ]


def templates_for(customer: Customer) -> list[dict[str, Any]]:
    """Active templates by whose channel the customer can be reached, with what has to be filled in."""
    channels = set(customer.identifiers.values_list("channel", flat=True))
    if customer.phone:
        channels.add(BY_PHONE)
    rows = MessageTemplate.objects.filter(status=TemplateStatus.ACTIVE, channel__in=channels)
    rows = rows.exclude(push_mode=PushMode.SCHEDULED).order_by("name", "id")[:MOST_TEMPLATES]
    return [
        {
            "id": row.pk,
            "name": row.name,
            "channel": row.channel,
            "channel_name": row.get_channel_display(),
            "body": row.body,
            "variables": template_in_use(row).given_names,
        }
        for row in rows
    ]
