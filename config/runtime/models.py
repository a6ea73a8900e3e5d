"""Runtime settings as rows: the present value of each key, and every version it ever had."""

from django.conf import settings
from django.db import models


class RuntimeSetting(models.Model):
    """One key's present value. Unless `is_set`, the default in the code holds, whatever `value` is.

    Version 0 is a key that nobody has changed yet; its row is there so that it has an id.
    """

    key = models.CharField("键", max_length=100, unique=True)
    value = models.JSONField("值", null=True)  # null is a value, too
    description = models.CharField("说明", max_length=200, blank=True)
    is_set = models.BooleanField("已修改", default=True)
    version = models.PositiveIntegerField("版本", default=1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="修改人"
    )
    # Kept beside the account: API keys have none, and accounts go.
    updated_by_name = models.CharField("修改人", max_length=200, blank=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "运行时配置"

    def __str__(self) -> str:
        return self.key


class RuntimeSettingRevision(models.Model):
    """What a key was at one version, by whom and why. Never changed, never deleted."""

    setting = models.ForeignKey(RuntimeSetting, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    # False: from this version on the default in the code holds.
    is_set = models.BooleanField(default=True)
    reason = models.CharField(max_length=200, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    changed_by_name = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "配置版本"
        constraints = [
            models.UniqueConstraint(fields=["setting", "version"], name="runtime_revision_unique")
        ]

    def __str__(self) -> str:
        return f"{self.setting_id} v{self.version}"
