"""Acts of the admin's pages: what would happen is shown first, then it is done by POST."""

from config.admin_acts.act import BulkAct, Doing, Given
from config.admin_acts.asking import asked
from config.admin_acts.confirming import confirmed, deleting

__all__ = ["BulkAct", "Doing", "Given", "asked", "confirmed", "deleting"]
