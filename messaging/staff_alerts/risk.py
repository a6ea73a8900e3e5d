"""A customer may be lost: their owner is told."""

from typing import Any

from customers.models import Customer, CustomerStatus, RiskLevel, User
from messaging.markup import as_text
from messaging.staff_alerts.registry import Alert

LINES = 8


def risk_alert(data: dict[str, Any]) -> Alert | None:
    """`data`: customer_id, warning_id, score, level, owner_user_id, text (one reason a line)."""
    owner = User.objects.filter(pk=data["owner_user_id"]).first()
    customer = (
        Customer.objects.exclude(status=CustomerStatus.DELETED)
        .filter(pk=data["customer_id"])
        .first()
    )
    if owner is None or customer is None:
        return None
    level = data.get("level", "")
    label = RiskLevel(level).label if level in RiskLevel else as_text(str(level))
    lines = [
        f"⚠️ **客户流失风险：{label}（{int(data['score'])} 分）**",
        f"客户：{as_text(customer.name)}",
    ]
    reasons = str(data.get("text") or "").splitlines()
    lines += [f"> {as_text(line)[:200]}" for line in reasons[:LINES] if line.strip()]
    # A warning that has grown worse is told anew.
    return Alert(owner, "\n".join(lines), f"risk:{data['warning_id']}:{data['score']}")
