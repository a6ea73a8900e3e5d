"""`POST /api/auth/token` and `/refresh`: JWT pairs (`config.login` slows guessing down)."""

from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer, TokenRefreshSerializer
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from config.api.auth import TokenAuthentication
from config.login import limits


class LoginSerializer(TokenObtainPairSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        pair = super().validate(attrs)
        limits.remember(self.context["request"], attrs[self.username_field])
        return pair


class RefreshSerializer(TokenRefreshSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        # The library asks neither whether somebody is still there, nor for their present password.
        TokenAuthentication().get_user(self.token_class(attrs["refresh"]))
        return super().validate(attrs)


class LoginView(TokenObtainPairView):
    """`{username, password}` → `{access, refresh}`."""

    permission_classes = [AllowAny]  # type: ignore[assignment]
    serializer_class = LoginSerializer


class RefreshView(TokenRefreshView):
    """`{refresh}` → `{access}`."""

    permission_classes = [AllowAny]  # type: ignore[assignment]
    serializer_class = RefreshSerializer
