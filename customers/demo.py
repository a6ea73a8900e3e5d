"""Demo people (contract.md §10)."""

from django.db import transaction

from config.api.roles import Role
from customers import demo_projects
from customers.models import Customer, User

TEAM = [
    ("admin", "管理员", Role.ADMIN),
    ("lisi", "李四", Role.STAFF),
    ("wangwu", "王五", Role.STAFF),
]


@transaction.atomic
def load(password: str) -> None:
    """Administrator, two members of staff, 张三 with his login (all with `password`), his projects."""
    for username, name, role in TEAM:
        _login(
            username,
            password,
            name=name,
            role=role,
            wecom_user_id=username,
            is_staff=True,
            is_superuser=role == Role.ADMIN,
        )
    zhangsan, _ = Customer.objects.get_or_create(
        name="张三",
        phone="+8613800138000",
        defaults={
            "company": "XX科技有限公司",
            "follow_user": User.objects.get(username="lisi"),
        },
    )
    _login("zhangsan", password, name="张三", role=Role.CUSTOMER, customer=zhangsan)
    lisi, wangwu = (User.objects.get(username=name) for name in ("lisi", "wangwu"))
    demo_projects.load(zhangsan, owner=lisi, engineer=wangwu)


def _login(username: str, password: str, **fields: object) -> None:
    user, _ = User.objects.get_or_create(username=username, defaults=fields)
    # Hashing is slow on purpose: only when the password has changed.
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
