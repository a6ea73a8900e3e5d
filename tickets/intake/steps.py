"""What a new ticket needs, and how each thing is asked for and read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from config.errors import InvalidInputError
from customers import phones
from customers.actors import Actor
from customers.models import Customer, CustomerStatus
from customers.visibility import customers_visible_to, projects_visible_to
from messaging.markup import as_text
from tickets.intake.choice import chosen_number
from tickets.visibility import tickets_visible_to

Fields: TypeAlias = dict[str, Any]

CHOICES = 9
NAME_LENGTH = 100
PROBLEM_LENGTH = 5000
PRODUCT_LENGTH = 100
_SKIPS = frozenset(
    {"跳过", "不清楚", "不知道", "不确定", "没有", "无", "暂无", "略", "-", "skip", "不记得"}
)
# A mobile number, however it is divided, else any other that is written in one.
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[\- ]?)?1[3-9](?:[\- ]?\d){9}(?!\d)")
_PHONE = re.compile(r"(?<![0-9A-Za-z])\+?\d[\d\-]{5,18}\d(?!\d)")
_LEADING = re.compile(r"^(?:@|客户(?:是|叫)?[:：]?)+\s*")
_PHONE_WORD = re.compile(r"(?:手机号?码?|电话)\s*[:：]?\s*$")


@dataclass(frozen=True)
class Option:
    """One line of a numbered list, and what choosing it makes known."""

    label: str
    known: Fields


@dataclass(frozen=True)
class Question:
    text: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Step:
    """`read` turns an answer into what is known now; it raises `InvalidInputError` to ask again."""

    name: str
    is_missing: Callable[[Fields, Actor], bool]
    ask: Callable[[Fields, Actor], Question]
    read: Callable[[str, Fields, Actor], Fields]


def is_skip(text: str) -> bool:
    return text.strip(" 。.!！").lower() in _SKIPS


def chosen(text: str, options: list[Any]) -> Fields | None:
    """What the chosen option makes known; None when the answer is no number.

    Raises `InvalidInputError` naming the range.
    """
    number = chosen_number(text) if options else None
    if number is None:
        return None
    if not 1 <= number <= len(options):
        raise InvalidInputError(f"请回复 1 到 {len(options)} 之间的数字", attr="choice")
    known: Fields = options[number - 1]["known"]
    return known


def resolve(fields: Fields, actor: Actor) -> Fields:
    """With the customer's id where name or number name exactly one whom the actor may see."""
    if fields.get("customer_id") or not actor.is_team:
        return fields
    name, phone = fields.get("customer_name", ""), fields.get("phone", "")
    visible = customers_visible_to(actor)
    if name and not phone:
        found = list(visible.filter(name=name)[:2])
    elif phone and not name:
        found = list(visible.filter(phone=phone)[:2])
    else:
        return fields
    if len(found) != 1:
        return fields
    return fields | {"customer_id": found[0].pk, "customer_name": found[0].name}


def _ask_customer(fields: Fields, actor: Actor) -> Question:
    return Question("哪位客户的问题？请回复客户姓名（可以带手机号）")


def _read_customer(text: str, fields: Fields, actor: Actor) -> Fields:
    known: Fields = {}
    number = _MOBILE.search(text) or _PHONE.search(text)
    name = text
    if number:
        known["phone"] = phones.normalize(number[0])
        name = _PHONE_WORD.sub("", text[: number.start()]) + " " + text[number.end() :]
    name = _LEADING.sub("", name.strip(" \n,，;；。:：")).strip()
    if not name and not number:
        raise InvalidInputError("没有看到客户姓名", attr="customer_name")
    if len(name) > NAME_LENGTH:
        raise InvalidInputError(f"客户姓名请控制在 {NAME_LENGTH} 字以内", attr="customer_name")
    return known | ({"customer_name": name} if name else {})


def _same_name(fields: Fields, actor: Actor) -> list[Customer]:
    name = fields.get("customer_name", "")
    return list(customers_visible_to(actor).filter(name=name).order_by("id")[:CHOICES])


def _is_somebody_elses(fields: Fields) -> bool:
    live = Customer.objects.exclude(status=CustomerStatus.DELETED)
    return live.filter(name=fields.get("customer_name", "")).exists()


def _ask_phone(fields: Fields, actor: Actor) -> Question:
    name = as_text(fields.get("customer_name", ""))
    if same := _same_name(fields, actor):
        options = tuple(
            Option(
                f"{as_text(customer.name)}（{as_text(customer.company) or '公司未登记'}，"
                f"{phones.mask(customer.phone) or '无手机号'}）",
                {"customer_id": customer.pk},
            )
            for customer in same
        )
        return Question(f"有多位客户叫「{name}」，请回复数字选择，或回复手机号", options)
    if _is_somebody_elses(fields):
        return Question(f"客户「{name}」已由同事登记，请回复客户的手机号以便确认")
    return Question(f"客户「{name}」的手机号是多少？（没有可回复「跳过」）")


def _read_phone(text: str, fields: Fields, actor: Actor) -> Fields:
    if not is_skip(text):
        return {"phone": phones.normalize(text)}
    if actor.is_team and (_same_name(fields, actor) or _is_somebody_elses(fields)):
        raise InvalidInputError("同名的客户不止一位，需要手机号才能确认", attr="phone")
    return {"phone": ""}


def _ask_problem(fields: Fields, actor: Actor) -> Question:
    return Question("遇到了什么问题？请直接描述")


def _read_problem(text: str, fields: Fields, actor: Actor) -> Fields:
    if len(text) > PROBLEM_LENGTH:
        raise InvalidInputError(f"问题请控制在 {PROBLEM_LENGTH} 字以内", attr="description")
    return {"problem": text}


def _ask_product(fields: Fields, actor: Actor) -> Question:
    options = tuple(
        Option(as_text(name), {"product": name})
        for name in products_of(fields.get("customer_id") or actor.customer_id, actor)
    )
    how = "回复数字、产品名称" if options else "请回复名称"
    return Question(f"是哪个产品或项目？{how}，或回复「跳过」", options)


def products_of(customer_id: int | None, actor: Actor) -> list[str]:
    """Of the customer's earlier tickets, newest first, and of their projects."""
    if not customer_id:
        return []
    tickets = tickets_visible_to(actor).filter(customer=customer_id).exclude(product="")
    names = list(tickets.order_by("-id").values_list("product", flat=True)[:50])
    for products in (
        projects_visible_to(actor)
        .filter(customer=customer_id)
        .values_list("products", flat=True)[:20]
    ):
        names += [str(name)[:PRODUCT_LENGTH] for name in products]
    return list(dict.fromkeys(names))[:CHOICES]


def _read_product(text: str, fields: Fields, actor: Actor) -> Fields:
    if is_skip(text):
        return {"product": ""}
    if len(text) > PRODUCT_LENGTH:
        raise InvalidInputError(f"产品请控制在 {PRODUCT_LENGTH} 字以内", attr="product")
    return {"product": text}


def _has_no_phone(fields: Fields, actor: Actor) -> bool:
    if "phone" in fields:
        return False
    return Customer.objects.filter(pk=actor.customer_id or 0, phone="").exists()


_PROBLEM = Step("problem", lambda f, _: not f.get("problem"), _ask_problem, _read_problem)
_PRODUCT = Step("product", lambda f, _: "product" not in f, _ask_product, _read_product)
# A colleague reports for a customer.
FOR_TEAM = (
    Step(
        "customer",
        lambda f, _: not f.get("customer_name") and not f.get("customer_id"),
        _ask_customer,
        _read_customer,
    ),
    Step(
        "phone", lambda f, _: not f.get("customer_id") and "phone" not in f, _ask_phone, _read_phone
    ),
    _PROBLEM,
    _PRODUCT,
)
# A customer reports for themselves.
FOR_CUSTOMERS = (
    _PROBLEM,
    _PRODUCT,
    Step(
        "phone",
        _has_no_phone,
        lambda *_: Question("请留下您的手机号，方便我们联系（可回复「跳过」）"),
        _read_phone,
    ),
)
