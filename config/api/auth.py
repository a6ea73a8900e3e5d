"""Who is calling with an API key; JWT and sessions are the libraries'."""

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from config.api.keys import ApiClient, ApiKey

KEYWORD = "Api-Key"


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
