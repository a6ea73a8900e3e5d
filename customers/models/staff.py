"""People who log in: customers, staff, administrators."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q

from config.api.roles import Role


class UserManager(DjangoUserManager["User"]):
    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra_fields: Any,
    ) -> "User":
        """What `manage.py createsuperuser` makes is an administrator everywhere."""
        extra_fields.setdefault("role", Role.ADMIN)
        return super().create_superuser(username, email, password, **extra_fields)


class User(AbstractUser):
    """A login. Staff carry the user id that WeCom knows them by; a customer's login its customer."""

    role = models.CharField("角色", max_length=10, choices=Role, default=Role.CUSTOMER)
    name = models.CharField("姓名", max_length=100, blank=True, db_index=True)
    wecom_user_id = models.CharField(
        "企业微信账号", max_length=64, null=True, blank=True, unique=True
    )
    # Left the company: what they had is to be inherited.
    resigned_at = models.DateTimeField("离职时间", null=True, blank=True)
    customer = models.OneToOneField(
        "customers.Customer",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="login",
        verbose_name="对应客户",
    )

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="user_role_known"
            ),
            models.CheckConstraint(
                condition=Q(is_superuser=False) | Q(role=Role.ADMIN),
                name="user_superuser_is_admin",
                violation_error_message="超级用户的角色必须是管理员",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.username

    @property
    def is_team_member(self) -> bool:
        """Staff or administrator, and not switched off."""
        return self.is_active and self.role in (Role.STAFF, Role.ADMIN)

    def clean(self) -> None:
        super().clean()
        # Two accounts without a WeCom id must not collide on the empty string.
        self.wecom_user_id = self.wecom_user_id or None
