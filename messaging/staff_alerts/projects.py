"""A project has a new engineer: they are told, with the words of who handed it over."""

from typing import Any

from customers.models import Project, ProjectEvent
from messaging.markup import as_text
from messaging.staff_alerts.registry import Alert


def engineer_alert(data: dict[str, Any]) -> Alert | None:
    """Nothing when the event is another's, or somebody else is the engineer by now."""
    engineer_id = data.get("engineer_user_id")
    if engineer_id is None:
        return None
    project = (
        Project.objects.filter(pk=data["project_id"], engineer=engineer_id)
        .select_related("customer", "engineer", "owner")
        .first()
    )
    event = ProjectEvent.objects.filter(
        project=data["project_id"], sequence=data["version"]
    ).first()
    if project is None or project.engineer is None or event is None:
        return None
    if event.actor_id == engineer_id:
        return None  # who took it themselves knows
    owner = as_text(project.owner.display_name) if project.owner else "未定"
    lines = [
        f"🔧 **{as_text(event.actor_name)} 把项目交给了您**",
        f"项目：#P{project.pk} {as_text(project.name)[:60]}",
        f"客户：{as_text(project.customer.name)}",
        f"阶段：{project.get_stage_display()} | 负责人：{owner}",
    ]
    if event.content:
        lines.append(f"> {as_text(event.content)[:300]}")
    lines.append(f"查看：发送「#查询进度 #P{project.pk}」")
    return Alert(project.engineer, "\n".join(lines), f"project:{project.pk}:{event.sequence}")
