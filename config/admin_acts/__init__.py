"""Acts on many rows of an admin's list: what would happen is shown first, then it is done by POST."""

from config.admin_acts.act import BulkAct, Doing, Given
from config.admin_acts.confirming import confirmed, deleting

__all__ = ["BulkAct", "Doing", "Given", "confirmed", "deleting"]
