"""What hangs on a ticket, as JSON (contract.md §4)."""

from typing import Any

from rest_framework import serializers

from customers.models import User
from tickets.models import LinkKind, Ticket, TicketAttachment, TicketRating, Visibility

NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class MergeSerializer(serializers.Serializer[Any]):
    into = serializers.IntegerField(**NUMBER, help_text="继续处理的工单")
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class LinkGivenSerializer(serializers.Serializer[Any]):
    ticket_id = serializers.IntegerField(**NUMBER)
    kind = serializers.ChoiceField(choices=LinkKind.choices, default=LinkKind.RELATES)


class LinkedTicketSerializer(serializers.ModelSerializer[Ticket]):
    customer_name = serializers.CharField(source="customer.name")
    assigned_to_name = serializers.CharField(read_only=True)

    class Meta:
        model = Ticket
        fields = [
            *("id", "title", "status", "priority", "progress"),
            *("customer_name", "assigned_to_name", "deadline"),
        ]
        read_only_fields = fields


class LinkSerializer(serializers.Serializer[Any]):
    """`direction` says whose word `kind` is: `out` this ticket's, `in` the other's."""

    kind = serializers.ChoiceField(choices=LinkKind.choices)
    direction = serializers.ChoiceField(choices=["out", "in"])
    word = serializers.CharField(help_text="从本工单看去的关系")
    ticket = LinkedTicketSerializer()


class WatcherGivenSerializer(serializers.Serializer[Any]):
    user = serializers.CharField(
        max_length=150, required=False, help_text="用户名、企业微信账号或姓名；不填为本人"
    )


class WatcherSerializer(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="display_name")

    class Meta:
        model = User
        fields = ["username", "wecom_user_id", "name"]
        read_only_fields = fields


class RatingGivenSerializer(serializers.Serializer[Any]):
    score = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class RatingSerializer(serializers.ModelSerializer[TicketRating]):
    assigned_to_name = serializers.SerializerMethodField()

    class Meta:
        model = TicketRating
        fields = ["id", "cycle", "score", "comment", "assigned_to_name", "entry", "created_at"]
        read_only_fields = fields

    def get_assigned_to_name(self, rating: TicketRating) -> str:
        return rating.assignee.display_name if rating.assignee else ""


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, max_length=1000)
    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PUBLIC)


class AttachmentSerializer(serializers.ModelSerializer[TicketAttachment]):
    """`ticket_id` is another's where that one was merged into the ticket asked for."""

    ticket_id = serializers.IntegerField(read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = TicketAttachment
        fields = [
            *("id", "ticket_id", "name", "content_type", "size", "sha256", "visibility"),
            *("uploader_name", "entry", "created_at", "url"),
        ]
        read_only_fields = fields

    def get_url(self, attachment: TicketAttachment) -> str:
        return f"/api/tickets/{attachment.ticket_id}/attachments/{attachment.pk}"
