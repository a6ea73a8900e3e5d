"""The customers' room's own parts of a profile."""

from typing import Any

from django.db.models import Count, Q, Sum

from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerTag,
    GroupMember,
    ProjectStatus,
    TaskStatus,
    User,
)
from customers.queries.activity import customer_activity
from customers.queries.profile import SHOWN, moment
from customers.queries.risk import with_reasons
from customers.visibility import follow_ups_visible_to, projects_visible_to, tasks_visible_to

MOST_LINKS = 100


def attributes(customer: Customer, actor: Actor) -> dict[str, Any]:
    return {
        "name": customer.name,
        "phone": customer.phone_display,
        "company": customer.company,
        "avatar": customer.avatar,
        "type": customer.type,
        "gender": customer.gender,
        "gender_name": customer.get_gender_display(),
        "province": customer.province,
        "city": customer.city,
        "corp_id": customer.corp_id,
        "external_userid": customer.external_userid,
        "unionid": masked(customer.unionid),
        "channel": customer.channel,
        "channel_name": customer.get_channel_display(),
        "status": customer.status,
        "status_name": customer.get_status_display(),
        "remark": customer.remark,
        "description": customer.description,
        "custom": customer.attributes,
        "blocked_at": moment(customer.blocked_at),
        "block_reason": customer.block_reason,
        "lost_at": moment(customer.lost_at),
        "last_contact_at": moment(customer.last_contact_at),
        "add_time": moment(customer.add_time),
        "created_at": moment(customer.created_at),
    }


def owner(customer: Customer, actor: Actor) -> dict[str, Any] | None:
    return _person(customer.follow_user)


def followers(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    rows = customer.followers.select_related("user").order_by("-added_at", "-id")[:MOST_LINKS]
    return [
        {
            "wecom_user_id": row.wecom_user_id,
            "name": row.user.display_name if row.user else "",
            "status": row.status,
            "status_name": row.get_status_display(),
            "remark": row.remark,
            "added_at": moment(row.added_at),
            "removed_at": moment(row.removed_at),
        }
        for row in rows
    ]


def identifiers(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    rows = customer.identifiers.order_by("channel")
    return [{"channel": row.channel, "address": masked(row.address)} for row in rows]


def tags(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    links = CustomerTag.objects.filter(customer=customer).select_related("tag__group", "rule")
    return [
        {
            "id": link.tag_id,
            "name": link.tag.name,
            "group": link.tag.group.name if link.tag.group else "",
            "source": link.source,
            "source_name": link.get_source_display(),
            "rule": link.rule.name if link.rule else "",
            "added_at": moment(link.created_at),
        }
        for link in links.order_by("tag__group__order", "tag__order", "tag_id")
    ]


def activity(customer: Customer, actor: Actor) -> dict[str, Any]:
    found = customer_activity(customer)
    return {
        "last_active_at": moment(found.last_active_at),
        "recency_days": found.recency_days,
        "frequency_30": found.frequency_30,
        "frequency_90": found.frequency_90,
        "value": f"{found.value:.2f}",
        "levels": {
            "recency": found.recency_level,
            "frequency": found.frequency_level,
            "value": found.value_level,
        },
        "group": found.group,
    }


def risk(customer: Customer, actor: Actor) -> dict[str, Any]:
    (found,) = with_reasons([customer])
    warning = found.warning
    return {
        "score": found.assessment.score,
        "level": found.assessment.level,
        "level_name": found.assessment.level.label,
        "reasons": [dict(reason.as_data()) for reason in found.assessment.reasons],
        "warning": warning
        and {"id": warning.pk, "score": warning.score, "raised_at": moment(warning.raised_at)},
    }


def projects(customer: Customer, actor: Actor) -> dict[str, Any]:
    rows = projects_visible_to(actor).filter(customer=customer)
    counts = rows.aggregate(
        total=Count("id"),
        open=Count("id", filter=Q(status=ProjectStatus.OPEN)),
        won=Count("id", filter=Q(won_at__isnull=False)),
        won_amount=Sum("amount", filter=Q(won_at__isnull=False)),
    )
    recent = rows.select_related("owner", "engineer").order_by("-id")[:SHOWN]
    return {
        "total": counts["total"],
        "open": counts["open"],
        "won": counts["won"],
        "won_amount": f"{counts['won_amount'] or 0:.2f}",
        "recent": [
            {
                "id": row.pk,
                "name": row.name,
                "stage": row.stage,
                "stage_name": row.get_stage_display(),
                "status": row.status,
                "status_name": row.get_status_display(),
                "progress": row.progress,
                "amount": f"{row.amount:.2f}",
                "owner": _person(row.owner),
                "engineer": _person(row.engineer),
                "created_at": moment(row.created_at),
            }
            for row in recent
        ],
    }


def follow_ups(customer: Customer, actor: Actor) -> dict[str, Any]:
    rows = follow_ups_visible_to(actor).filter(customer=customer)
    waiting = Q(next_at__isnull=False, done_at__isnull=True)
    return {
        **rows.aggregate(total=Count("id"), waiting=Count("id", filter=waiting)),
        "recent": [
            {
                "id": row.pk,
                "kind": row.kind,
                "kind_name": row.get_kind_display(),
                "content": row.content,
                "author": row.author_name,
                "owner": _person(row.owner),
                "next_at": moment(row.next_at),
                "done_at": moment(row.done_at),
                "created_at": moment(row.created_at),
            }
            for row in rows.select_related("owner").order_by("-id")[:SHOWN]
        ],
    }


def tasks(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    """Open ones; colleagues' own tasks stay theirs."""
    rows = tasks_visible_to(actor).filter(customer=customer, status=TaskStatus.OPEN)
    return [
        {
            "id": row.pk,
            "title": row.title,
            "content": row.content,
            "owner": _person(row.owner),
            "due_at": moment(row.due_at),
        }
        for row in rows.select_related("owner").order_by("due_at", "id")[:MOST_LINKS]
    ]


def groups(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    """The groups that the customer is in; whoever sees the customer sees where they are."""
    rows = GroupMember.objects.filter(customer=customer, left_at__isnull=True)
    return [
        {
            "id": row.group_id,
            "chat_id": row.group.chat_id,
            "name": row.group.name,
            "member_count": row.group.member_count,
            "joined_at": moment(row.joined_at),
        }
        for row in rows.select_related("group").order_by("-joined_at", "-id")[:MOST_LINKS]
    ]


def masked(address: str) -> str:
    """Enough to recognise it by, too little to use it: `138****8000`, `o6_b****wxyz`."""
    if address.startswith("{"):
        return "****"  # a browser's push subscription: nobody would recognise it
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    kept = 4 if len(address) > 11 else min(3, len(address) // 4)
    return f"{address[:kept]}****{address[-kept:]}" if kept else "*" * len(address)


def _person(user: User | None) -> dict[str, Any] | None:
    if user is None:
        return None
    return {"id": user.pk, "name": user.display_name, "wecom_user_id": user.wecom_user_id or ""}
