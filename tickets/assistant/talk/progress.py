"""How the customer's own tickets and projects stand; nobody else's, whatever is asked."""

import re

from customers.actors import Actor
from customers.models import ProjectStatus
from customers.visibility import projects_visible_to
from tickets.assistant.bind_links import bind_link
from tickets.assistant.talk import collecting, wording
from tickets.assistant.talk.turn import Outcome, Talk
from tickets.customer_side.links import Audience, ticket_url
from tickets.models import Action, Intent, Ticket
from tickets.queries.tickets import tickets_for

SHOWN = 5
_NUMBER = re.compile(r"(?:#|工单号?|单号|编号)[是:：#\s]*(\d{1,9})(?!\d)|^\s*(\d{1,9})\s*$")


def tell_progress(talk: Talk, *, is_chosen: bool = False) -> Outcome:
    """One ticket where its number is named, else the latest ones and the open projects.

    `is_chosen`: from a menu, so a number is none of a ticket.
    """
    customer, actor = talk.customer, talk.actor
    mine = tickets_for(actor).filter(customer=customer)
    number = None if is_chosen else _number_in(talk.text)
    if number is not None:
        ticket = mine.filter(pk=number).first()
        if ticket is None:
            reply = f"没有找到您的工单 #{number}。{wording.TO_A_PERSON}"
            return Outcome(Action.QUERY, reply, Intent.PROGRESS)
        reply = f"{_line(ticket)}\n详情：{ticket_url(ticket, Audience.CUSTOMER)}"
        return Outcome(Action.QUERY, reply, Intent.PROGRESS, ticket=ticket)
    tickets = list(mine[:SHOWN])
    lines = [_line(ticket) for ticket in tickets] + _projects(customer.pk, actor)
    if lines:
        if tickets:
            lines.append(f"最近一条详情：{ticket_url(tickets[0], Audience.CUSTOMER)}")
        return Outcome(Action.QUERY, "\n".join(lines), Intent.PROGRESS)
    if customer.phone:
        return Outcome(Action.QUERY, wording.NO_TICKETS, Intent.PROGRESS)
    link = bind_link(talk.said.entry, talk.said.address)
    # A number that comes next is meant for this; what is asked already stays asked.
    talk.slots.setdefault("asking", collecting.PHONE)
    reply = f"{wording.NO_TICKETS_UNBOUND}\n{wording.ask_bind(link)}"
    return Outcome(Action.QUERY, reply, Intent.PROGRESS)


def _number_in(text: str) -> int | None:
    found = _NUMBER.search(text)
    return int(found[1] or found[2]) if found else None


def _line(ticket: Ticket) -> str:
    engineer = f"，负责人 {ticket.assignee.display_name}" if ticket.assignee else ""
    return (
        f"工单 #{ticket.pk} {ticket.title[:40]}："
        f"{ticket.get_status_display()}，进度 {ticket.progress}%{engineer}"
    )


def _projects(customer_id: int, actor: Actor) -> list[str]:
    projects = projects_visible_to(actor).filter(customer=customer_id, status=ProjectStatus.OPEN)
    return [
        f"项目 {project.name[:40]}：{project.get_stage_display()}，进度 {project.progress}%"
        for project in projects.order_by("-pk")[:SHOWN]
    ]
