"""`/console/`: the staff's chat page."""
