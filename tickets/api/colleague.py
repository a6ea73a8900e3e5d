"""A colleague in an answer: the one shape of tickets and chats."""

from rest_framework import serializers

from customers.models import User


class ColleagueSerializer(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="display_name")

    class Meta:
        model = User
        fields = ["id", "username", "name"]
        read_only_fields = fields
