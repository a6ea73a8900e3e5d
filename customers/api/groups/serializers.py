"""Customer groups as JSON (contract.md §3)."""

from typing import Any

from rest_framework import serializers

from customers.models import CustomerGroup, GroupMember, Tag


class GroupTagSerializer(serializers.ModelSerializer[Tag]):
    group = serializers.CharField(source="group.name", read_only=True, default=None)

    class Meta:
        model = Tag
        fields = ["id", "name", "group"]
        read_only_fields = fields


class GroupSerializer(serializers.ModelSerializer[CustomerGroup]):
    """`owner` is the account's id; `owner_userid` what WeCom calls the owner."""

    owner = serializers.IntegerField(source="owner_id", read_only=True, allow_null=True)
    owner_name = serializers.CharField(source="owner.display_name", read_only=True, default="")
    tags = GroupTagSerializer(many=True, read_only=True)

    class Meta:
        model = CustomerGroup
        fields = [
            "id",
            "chat_id",
            "name",
            "notice",
            "owner",
            "owner_name",
            "owner_userid",
            "status",
            "member_count",
            "tags",
            "group_created_at",
            "dismissed_at",
            "synced_at",
        ]
        read_only_fields = fields


class GroupMemberSerializer(serializers.ModelSerializer[GroupMember]):
    """One stay. `customer_id` is null for colleagues, strangers, and customers not in one's view."""

    customer_id = serializers.SerializerMethodField()

    class Meta:
        model = GroupMember
        fields = [
            "id",
            "member_id",
            "kind",
            "name",
            "customer_id",
            "invitor_userid",
            "join_scene",
            "quit_scene",
            "joined_at",
            "left_at",
        ]
        read_only_fields = fields

    def get_customer_id(self, member: GroupMember) -> int | None:
        return member.customer_id if member.customer_id in self.context["in_view"] else None


class GroupDaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    joined = serializers.IntegerField()
    left = serializers.IntegerField()
    net = serializers.IntegerField()


class GroupFiguresSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    members = serializers.IntegerField()
    staff = serializers.IntegerField()
    external = serializers.IntegerField()
    joined = serializers.IntegerField()
    left = serializers.IntegerField()
    net = serializers.IntegerField()
    trend = GroupDaySerializer(many=True)
