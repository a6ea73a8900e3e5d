"""The figures of the runtime settings, read once for one evaluation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from config.runtime import store
from customers.models import RiskLevel

HIGHEST_SCORE = 100
_ORDER = [RiskLevel.NONE, RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH]


@dataclass(frozen=True)
class RiskRules:
    """Days and hours as set; `floors` are the lowest scores of each level."""

    silent_days: int
    recent_days: int
    floors: dict[RiskLevel, int]
    alert_level: RiskLevel
    task_due: timedelta
    horizon: timedelta
    pause: timedelta

    def level_of(self, score: int) -> RiskLevel:
        for level in reversed(_ORDER[1:]):
            if score >= self.floors[level]:
                return level
        return RiskLevel.NONE

    def is_alarming(self, level: str) -> bool:
        return _ORDER.index(RiskLevel(level)) >= _ORDER.index(self.alert_level)

    def recent_since(self, now: datetime) -> datetime:
        return now - timedelta(days=self.recent_days)


def risk_rules() -> RiskRules:
    floors = store.get("risk.levels")
    return RiskRules(
        silent_days=store.get_int("risk.silent_days"),
        recent_days=store.get_int("risk.recent_days"),
        floors={level: int(floors[level.value]) for level in _ORDER[1:]},
        alert_level=RiskLevel(store.get("risk.alert_level")),
        task_due=timedelta(hours=store.get_int("risk.task_due_hours")),
        horizon=timedelta(days=store.get_int("risk.horizon_days")),
        pause=timedelta(days=store.get_int("risk.pause_days")),
    )
