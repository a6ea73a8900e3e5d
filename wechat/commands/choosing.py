"""Asking which of several is meant: a numbered list, each line with the command that it completes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from config.errors import InvalidInputError
from customers.actions.customers import AmbiguousCustomerError
from customers.models import User
from customers.queries.staff import staff_named, team_members
from messaging.markup import as_text
from wechat.commands import meaning
from wechat.commands.meaning import Command
from wechat.commands.result import Choice, CommandResult

MOST = 10
KEPT_MINUTES = 10
HOW = f"回复数字即可选择（{KEPT_MINUTES} 分钟内有效，回复「取消」放弃）"

Naming = TypeVar("Naming", meaning.CreateTicket, meaning.RecordCustomer)


def ask(question: str, choices: Sequence[Choice], *, example: str = "") -> CommandResult:
    lines = [f"🤔 {question}："]
    lines += [f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)]
    lines.append(HOW)
    lines += [f"示例：{example}"] if example else []
    return CommandResult("\n".join(lines), handled=False, choices=tuple(choices))


def which_customer(error: AmbiguousCustomerError, command: Naming) -> CommandResult:
    """The example is the asker's own command, completed."""
    choices = [
        Choice(
            f"{as_text(candidate.name)}（{as_text(candidate.company) or '公司未登记'}，"
            f"{candidate.masked_phone or '无手机号'}）",
            replace(command, customer_id=candidate.customer_id),
        )
        for candidate in error.candidates
    ]
    name = as_text(command.customer_name)
    if isinstance(command, meaning.CreateTicket):
        problem = as_text(command.problem)[:50]
        example = f"/创建工单 @客户{name} 手机:客户手机号 问题:{problem}"
    else:
        words = as_text(command.demand or "、".join(command.products))[:50]
        example = f"#记录客户 {name} 手机:客户手机号 需求:{words}"
    if not choices:
        return CommandResult(f"🤔 {error.detail}\n示例：{example}", handled=False)
    return ask(error.detail, choices, example=example)


def colleague(
    name: str, completed: Callable[[str], Command], *, attr: str = "assignee"
) -> User | CommandResult:
    """The colleague of that name; the question which one, when there are several.

    `completed` makes the command for one user name. Raises `InvalidInputError` for nobody.
    """
    try:
        return staff_named(name, attr=attr)
    except InvalidInputError as error:
        if error.code != "ambiguous_staff":
            raise InvalidInputError(
                f"{error.detail}，请写对方的姓名或企业微信账号", code=error.code, attr=attr
            ) from None
    wanted = name.strip().lstrip("@")
    found = team_members().filter(name=wanted).order_by("pk")[:MOST]
    choices = [
        Choice(
            f"{as_text(user.display_name)}（账号 {as_text(user.wecom_user_id or user.username)}）",
            completed(user.username),
        )
        for user in found
    ]
    return ask(f"有多位同事叫「{as_text(wanted)}」", choices)
