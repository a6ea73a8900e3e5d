"""Whom it is about: by which words they are found, and what stands there afterwards."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from customers import phones
from customers.models import Customer, CustomerIdentifier, User

GONE = "***"
# A single character stands in every second text.
SHORTEST_NAME = 2
SHORTEST_MARK = 4


@dataclass(frozen=True)
class Subject:
    """`marks` are the person's alone: numbers, ids, addresses. They go wherever they stand.

    `names` is empty when somebody else's name has theirs in it, since their records are not to be
    changed; it goes from copies that machines made, and from what is the customer's own. What is
    written of others keeps a mere name, since an ordinary word can be a name.
    """

    customer_id: int
    login_id: int | None
    name: str
    pseudonym: str
    marks: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.marks, *self.names)

    def without(self, value: Any, words: tuple[str, ...]) -> Any:
        """The same text or JSON with nothing of `words` in it."""
        if isinstance(value, str):
            for word in words:
                value = value.replace(word, self.pseudonym if word in self.names else GONE)
            return value
        if isinstance(value, dict):
            return {
                self.without(key, words): self.without(item, words) for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.without(item, words) for item in value]
        return value


def subject_of(customer: Customer) -> Subject:
    login = User.objects.filter(customer=customer).first()
    marks = {customer.external_userid or "", customer.unionid}
    own = Q(customer=customer) | Q(customer__merged_into=customer)
    marks |= set(CustomerIdentifier.objects.filter(own).values_list("address", flat=True))
    marks |= _written(customer.phone)
    if login is not None:
        marks |= {login.email, login.username}
    return Subject(
        customer_id=customer.pk,
        login_id=login.pk if login else None,
        name=customer.name,
        pseudonym=f"已删除客户{customer.pk}",
        # The longest first: one may stand in another.
        marks=tuple(
            sorted((mark for mark in marks if len(mark) >= SHORTEST_MARK), key=len, reverse=True)
        ),
        names=_names(customer, login),
    )


def _written(phone: str) -> set[str]:
    """As people write the number."""
    shown = phones.display(phone)
    if len(shown) != 11:
        return {phone, shown}
    parts = shown[:3], shown[3:7], shown[7:]
    return {phone, shown, " ".join(parts), "-".join(parts)}


def _names(customer: Customer, login: User | None) -> tuple[str, ...]:
    name = customer.name
    others = Customer.objects.exclude(pk=customer.pk).filter(name__contains=name)
    users = User.objects.filter(name__contains=name)
    if login is not None:
        users = users.exclude(pk=login.pk)
    if len(name) < SHORTEST_NAME or others.exists() or users.exists():
        return ()
    return (name,)
