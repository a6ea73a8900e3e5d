"""`manage.py publish_menu`: the Official Account's menu as the runtime setting `wechat.menu` has it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wechat.client.blocking import PlatformRefusal
from wechat.official.menu import menu_publish


class Command(BaseCommand):
    help = "发布公众号菜单（配置项 wechat.menu）；与公众号上的相同时不重复发布"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            published = menu_publish()
        except PlatformRefusal as refusal:
            raise CommandError(f"菜单发布失败：{refusal}") from None
        words = "菜单已发布" if published.is_changed else "公众号上的菜单已是最新"
        self.stdout.write(f"{words}（{published.buttons} 个一级菜单）")
