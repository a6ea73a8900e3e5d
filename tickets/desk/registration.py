"""What the desk's tools register at start."""

from config.runtime.schema import register as register_setting


def register() -> None:
    from tickets.actions import checks
    from tickets.desk import search_sources
    from tickets.desk.checklists import CHECKLIST_REQUIRED, require_done

    register_setting(
        CHECKLIST_REQUIRED,
        default=False,
        schema={"type": "boolean"},
        description="检查清单还有未完成的步骤时，不允许把工单改为已解决",
    )
    checks.register(require_done)
    search_sources.register()
