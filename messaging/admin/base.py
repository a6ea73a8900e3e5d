"""What the admin's pages of messages have in common."""

from messaging.models import MessageStatus

STATUS_COLOURS = {
    **dict.fromkeys(MessageStatus, "default"),
    MessageStatus.SENT: "success",
    MessageStatus.DELIVERED: "success",
    MessageStatus.READ: "success",
    MessageStatus.FAILED: "danger",
    MessageStatus.UNCERTAIN: "warning",
    MessageStatus.SENDING: "info",
}
