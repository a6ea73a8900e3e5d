"""Who is calling with a token or an API key; sessions are the library's."""

from typing import Any

from rest_framework import authentication, exceptions
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token

from config.api.keys import ApiClient, ApiKey

KEYWORD = "Api-Key"


class TokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`; of nobody, of a word or of a lookup it is a 401."""

    def get_user(self, validated_token: Token) -> Any:
        number = str(validated_token.get(api_settings.USER_ID_CLAIM, ""))
        if not (number.isascii() and number.isdigit()):
            raise InvalidToken
        return super().get_user(validated_token)


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Api-Key <key>`; a revoked, expired or unknown key is a 401."""

    def authenticate(self, request: Request) -> tuple[ApiClient, ApiKey] | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != KEYWORD.lower():
            return None
        try:
            found = ApiKey.objects.get_from_key(key.strip())
        except ApiKey.DoesNotExist:
            raise exceptions.AuthenticationFailed("API 密钥无效或已停用") from None
        if found.has_expired:
            raise exceptions.AuthenticationFailed("API 密钥已过期")
        assert isinstance(found, ApiKey)
        return ApiClient(found), found

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


def principal_name(request: Request) -> str:
    """A stable name of the caller, for idempotency keys and limits."""
    if isinstance(request.user, ApiClient):
        return f"key:{request.user.key.prefix}"
    return f"user:{request.user.pk}"
