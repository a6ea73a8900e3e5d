"""Step 4: customers of WeCom (客户联系): who may be read, and whether they have been."""

from collections.abc import Iterator

from django.utils import timezone

from config.diagnosis import Finding, good, odd, register
from wechat.diagnosis import app, asking
from wechat.models import ContactWay, SyncKind, SyncRun, SyncStatus


@register
def contacts() -> Iterator[Finding]:
    if asking.missing(app.SETTINGS):
        return
    try:
        members = asking.wecom("第 4 步：客户联系", "externalcontact/get_follow_user_list")
    except asking.Refused as refused:
        yield refused.finding
        return
    users = members.get("follow_user")
    count = len(users) if isinstance(users, list) else 0
    if count:
        yield good(f"第 4 步：客户联系的使用范围内有 {count} 位成员")
    else:
        yield odd("第 4 步：客户联系的使用范围内没有成员，读不到任何客户")
    yield _last_reading()
    failed = ContactWay.objects.filter(is_active=True).exclude(error="").count()
    if failed:
        yield odd(f"第 4 步：{failed} 个渠道活码没有写入企业微信，原因见后台「渠道活码」")


def _last_reading() -> Finding:
    kinds = [SyncKind.CONTACTS, SyncKind.RECONCILE]
    run = SyncRun.objects.filter(kind__in=kinds, status=SyncStatus.FINISHED).order_by("-pk").first()
    if run is None or run.finished_at is None:
        return odd("第 4 步：还没有读取过客户；请运行 python manage.py sync_wecom")
    return good(f"最近一次读取客户：{timezone.localtime(run.finished_at):%m-%d %H:%M}")
