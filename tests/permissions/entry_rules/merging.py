"""Who may come in at which door: merging."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, Doors, Open, Rule
from tests.permissions.world import World

READ, WRITE = Scope.CUSTOMERS_READ.value, Scope.CUSTOMERS_WRITE.value
CASES = "api/v1/merge-cases"
ONE = f"{CASES}/<id:pk>"


def _two(world: World) -> dict[str, int]:
    return {"first": world.customers["own"].pk, "second": world.customers["bound"].pk}


DOORS: Doors = {
    ("GET", CASES): Rule(ADMINS, READ),
    ("POST", CASES): Rule(ADMINS, WRITE, body=_two),
    ("GET", ONE): Rule(ADMINS, READ, "merge_case"),
    ("POST", f"{ONE}/merge"): Rule(ADMINS, WRITE, "merge_case"),
    ("POST", f"{ONE}/dismiss"): Rule(ADMINS, WRITE, "merge_case"),
}
OPEN: dict[tuple[str, str], Open] = {}
