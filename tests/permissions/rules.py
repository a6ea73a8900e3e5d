"""The matrix's own word on who may come in at which door, written down beside the code's.

A door without a row here fails the tests, and so does a row without a door.
"""

from tests.permissions import (
    assistant_rules,
    chat_rules,
    config_rules,
    customer_rules,
    desk_rules,
    entry_rules,
    job_rules,
    monitor_rules,
    operation_rules,
    report_rules,
    ticket_board_rules,
    ticket_customer_side_rules,
    ticket_desk_rules,
    ticket_dispatch_rules,
    ticket_group_rules,
    ticket_relations_rules,
    ticket_sla_rules,
)
from tests.permissions.rule import ADMINS, Doors, Open

RULES: Doors = {
    **ticket_board_rules.DOORS,
    **desk_rules.tickets(),
    **ticket_desk_rules.tools(),
    **ticket_desk_rules.checklists(),
    **ticket_desk_rules.history(),
    **ticket_group_rules.reminders(),
    **ticket_relations_rules.relations(),
    **desk_rules.messages(),
    **desk_rules.templates_and_accounts(),
    **desk_rules.wechat(),
    **customer_rules.customers(),
    **customer_rules.projects(),
    **customer_rules.tags(),
    **customer_rules.segments(),
    **customer_rules.profiles_and_risks(),
    **customer_rules.follow_ups(),
    **customer_rules.handovers(),
    **customer_rules.tables(),
    **customer_rules.groups(),
    **customer_rules.privacy(),
    **ticket_dispatch_rules.dispatch(),
    **ticket_sla_rules.policies(),
    **ticket_customer_side_rules.secure_links(),
    **chat_rules.DOORS,
    **assistant_rules.DOORS,
    **entry_rules.DOORS,
    **config_rules.DOORS,
    **report_rules.DOORS,
    **monitor_rules.DOORS,
    **job_rules.DOORS,
    **operation_rules.DOORS,
}

OPEN: dict[tuple[str, str], Open] = {
    **ticket_board_rules.OPEN,
    **chat_rules.OPEN,
    **assistant_rules.OPEN,
    **entry_rules.OPEN,
    **monitor_rules.OPEN,
    **operation_rules.OPEN,
    ("GET", ""): Open("where to go"),
    ("POST", "api/auth/token"): Open("the login itself"),
    ("POST", "api/auth/token/refresh"): Open("the login itself"),
    ("GET", "api/schema"): Open("the description of the API"),
    ("GET", "docs"): Open("the description of the API"),
    **ticket_customer_side_rules.pages(),
    ("GET", "healthz"): Open("a probe"),
    ("GET", "readyz"): Open("a probe"),
    ("GET", "api/wechat/aibot"): Open("signed by the platform"),
    ("POST", "api/wechat/aibot"): Open("signed by the platform"),
    ("GET", "api/messages/receipts/<public_id:channel>"): Open("signed by the provider"),
    ("POST", "api/messages/receipts/<public_id:channel>"): Open("signed by the provider"),
}

# Every socket, and the roles that it lets in.
SOCKETS: dict[str, frozenset[str]] = {
    "ws/batches/<str:batch_id>": ADMINS,
    **ticket_board_rules.SOCKETS,
    **chat_rules.SOCKETS,
    **monitor_rules.SOCKETS,
}
