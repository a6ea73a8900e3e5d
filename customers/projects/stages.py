"""The stage table: where a project may go (seed 000, 售前 → 售中 → 售后).

Every door reads this one table; nothing else in the project decides about a move.
"""

from customers.models import ProjectStatus, Stage

FORWARD: dict[Stage, Stage | None] = {
    Stage.PRESALE: Stage.INSALE,
    Stage.INSALE: Stage.AFTERSALE,
    Stage.AFTERSALE: None,
}
# A step back undoes a sale or a delivery: for administrators, who say why.
BACK: dict[Stage, Stage | None] = {
    Stage.PRESALE: None,
    Stage.INSALE: Stage.PRESALE,
    Stage.AFTERSALE: Stage.INSALE,
}
# How an open project may end: lost before it was sold, closed after.
ENDS: dict[Stage, ProjectStatus] = {
    Stage.PRESALE: ProjectStatus.LOST,
    Stage.INSALE: ProjectStatus.CLOSED,
    Stage.AFTERSALE: ProjectStatus.CLOSED,
}


def is_forward(current: str, target: str) -> bool:
    return FORWARD[Stage(current)] == target


def is_back(current: str, target: str) -> bool:
    return BACK[Stage(current)] == target


def may_become(stage: str, current: str, target: str) -> bool:
    """Whether a project in `stage` may change its status; what has ended is only reopened."""
    if current != ProjectStatus.OPEN:
        return target == ProjectStatus.OPEN
    return ENDS[Stage(stage)] == target


def ways_out(stage: str, status: str) -> str:
    """What may be asked for next, in Chinese with the values that the API takes."""
    if status != ProjectStatus.OPEN:
        return "重新打开（status: open）"
    following = FORWARD[Stage(stage)]
    end = ENDS[Stage(stage)]
    ways = [f"{following.label}（stage: {following}）"] if following else []
    return "、".join([*ways, f"{end.label}（status: {end}）"])
