"""A menu's entry that a member of the team tapped in the app, and that is no command by itself.

The same menu stands before everybody who sees the app: to a customer 进度查询 is their own tickets
(`wechat.chat_entry`), to a colleague those they work on.
"""

from django.conf import settings

from customers.actors import Actor
from tickets.chat.visibility import chats_visible_to
from tickets.models import ChatStatus, Intent
from wechat.commands.handlers import run_command
from wechat.menu_choices import intent_of

HELP = "/帮助"
# What a customer's wish is to who serves customers.
_COMMANDS = {
    Intent.PROGRESS: "/我的工单",
    Intent.FAULT: "/创建工单",
}


def chosen(key: str, actor: Actor) -> str:
    """What is answered to a colleague's tap; help where nothing else is meant."""
    intent = intent_of(key)
    if intent == Intent.HUMAN:
        return _chats(actor)
    command = _COMMANDS.get(intent, HELP) if intent is not None else HELP
    return run_command(command, actor=actor, bot_name=settings.AIBOT_NAME).text


def _chats(actor: Actor) -> str:
    """Who asks for a person is the colleague's to answer: what waits, and where."""
    chats = chats_visible_to(actor)
    mine = chats.filter(agent=actor.user, status=ChatStatus.ACTIVE).count()
    waiting = chats.filter(status=ChatStatus.QUEUED).count()
    return (
        f"💬 您正在接待 {mine} 个会话，排队中 {waiting} 个。\n"
        f"[打开在线会话]({settings.APP_DOMAIN}/console/)"
    )
