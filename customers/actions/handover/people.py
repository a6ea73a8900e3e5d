"""Who hands over, and who may take over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.api.roles import Role
from config.errors import InvalidInputError
from customers.models import Handover, User

MOST_CANDIDATES = 10


@dataclass(frozen=True)
class Candidate:
    """`place` is the place in the case's list; `why_not` is empty for who can take over."""

    place: int
    user: User
    why_not: str

    def takes(self, *, on_platform: bool) -> bool:
        return not self.why_not and (not on_platform or bool(self.user.wecom_user_id))


def check_people(from_user: User, candidates: Sequence[User], *, attr: str) -> None:
    """Raises `InvalidInputError` for who was never on the team, doubles, and too many."""
    if from_user.role not in (Role.STAFF, Role.ADMIN):
        raise InvalidInputError("移交人必须是员工", attr="from_user")
    if not 1 <= len(candidates) <= MOST_CANDIDATES:
        raise InvalidInputError(f"必须给出 1 到 {MOST_CANDIDATES} 位接替人", attr=attr)
    if len({user.pk for user in candidates}) != len(candidates):
        raise InvalidInputError("接替人重复", attr=attr)
    if from_user in candidates:
        raise InvalidInputError("接替人不能是移交人自己", attr=attr)


def why_not(user: User) -> str:
    """Why `user` cannot take over, in Chinese; empty when they can."""
    if user.resigned_at is not None:
        return "已离职"
    if not user.is_active:
        return "账号已停用"
    if not user.is_team_member:
        return "不是员工"
    return ""


def candidates_of(handover: Handover) -> list[Candidate]:
    """In the order in which they are asked; accounts that are gone are left out."""
    users = User.objects.in_bulk(handover.candidates)
    return [
        Candidate(place, users[pk], why_not(users[pk]))
        for place, pk in enumerate(handover.candidates)
        if pk in users
    ]


def next_candidate(
    candidates: Iterable[Candidate], *, first_place: int, on_platform: bool
) -> Candidate | None:
    """The first from `first_place` on who can take over now."""
    for candidate in candidates:
        if candidate.place >= first_place and candidate.takes(on_platform=on_platform):
            return candidate
    return None
