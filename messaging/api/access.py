"""Who may call what of messaging's API."""

from config.api.keys import Scope
from config.api.permissions import ADMINS, Rule

SENDS = Rule(ADMINS, Scope.MESSAGES_SEND)
READS = Rule(ADMINS, Scope.MESSAGES_READ)
