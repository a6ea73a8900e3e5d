"""Keeps the groups' permissions in step with what is registered, after each migration."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission

from customers.permission_groups.registry import StaffGroup, belongs


def after_migrate(app_config: AppConfig, using: str = "default", **kwargs: Any) -> None:
    """Django makes an app's permissions as it migrates that app: ours are set behind the last one."""
    if app_config is list(apps.get_app_configs())[-1]:
        groups_sync(using=using)


def groups_sync(*, using: str = "default") -> None:
    """Our groups have exactly what is registered for them; other groups are left alone."""
    everything = list(
        Permission.objects.using(using).values_list("pk", "content_type__app_label", "codename")
    )
    known = {
        group.name: group
        for group in Group.objects.using(using)
        .filter(name__in=[name.value for name in StaffGroup])
        .prefetch_related("permissions")
    }
    for name in StaffGroup:
        group = known.get(name.value) or Group.objects.using(using).create(name=name.value)
        wanted = {pk for pk, app, codename in everything if belongs(name, app, codename)}
        has = {permission.pk for permission in group.permissions.all()}
        if wanted - has:
            group.permissions.add(*(wanted - has))
        if has - wanted:
            group.permissions.remove(*(has - wanted))
