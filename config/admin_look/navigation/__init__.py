"""The navigation by what people do, one module a group; empty groups and closed doors are not shown."""

from config.admin_look.navigation.assistant import ASSISTANT
from config.admin_look.navigation.chat import CHAT
from config.admin_look.navigation.customers import CUSTOMERS
from config.admin_look.navigation.messages import MESSAGES
from config.admin_look.navigation.system import SYSTEM
from config.admin_look.navigation.tickets import TICKETS
from config.admin_look.navigation.today import TODAY
from config.admin_look.navigation.wechat import WECHAT

GROUPS = (TODAY, CUSTOMERS, TICKETS, CHAT, MESSAGES, WECHAT, ASSISTANT, SYSTEM)
