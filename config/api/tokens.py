"""`POST /api/auth/token` and `/refresh`: JWT pairs, guarded against guessing."""

from typing import Any

from django.conf import settings
from django_ratelimit.core import is_ratelimited
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

RETRY_AFTER_SECONDS = 60


def _username(group: str, request: Any) -> str:
    """The account under attack, whatever address the attempts come from."""
    data = request.data if isinstance(request.data, dict) else {}
    return str(data.get("username", ""))[:150].lower()


class _Guarded(APIView):
    """Counts attempts per address and per account in the shared cache."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        for key in ("ip", _username):
            if is_ratelimited(
                request, group="auth.token", key=key, rate=settings.LOGIN_RATE, increment=True
            ):
                raise Throttled(RETRY_AFTER_SECONDS, "登录过于频繁，请稍后再试")


class LoginView(_Guarded, TokenObtainPairView):
    """`{username, password}` → `{access, refresh}`."""

    permission_classes = [AllowAny]  # type: ignore[assignment]


class RefreshView(TokenRefreshView):
    """`{refresh}` → `{access}`."""

    permission_classes = [AllowAny]  # type: ignore[assignment]
