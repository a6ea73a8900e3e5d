"""What the SMS channel asks of a provider: one blocking call at a time, sorted into results."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from messaging.allowed_urls import is_allowed_host, is_sandbox_host
from messaging.channels.base import Receipt, Result, Verification
from messaging.models import ChannelAccount

CONNECT_SECONDS = 3
# Together with the connection well within the 15 s that a send may take.
READ_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Access:
    """Whose key, signature and address a call goes out with; SDK clients are kept by it."""

    key_id: str = field(repr=False)
    key_secret: str = field(repr=False)
    sign_name: str
    sdk_app_id: str
    endpoint: str

    @property
    def scheme(self) -> str:
        return "http" if is_sandbox_host(self.endpoint) else "https"

    @property
    def is_allowed(self) -> bool:
        return is_sandbox_host(self.endpoint) or is_allowed_host(self.endpoint)


@dataclass(frozen=True, slots=True)
class Sms:
    """One message to one number (E.164); `params` as the provider's template takes them."""

    message_id: str
    phone: str
    template_code: str
    params: Any

    @property
    def is_domestic(self) -> bool:
        return self.phone.startswith("+86")


class Provider(ABC):
    """Blocking, for a thread of its own. Raises `TimeoutError` when a request got no answer."""

    official_host: ClassVar[str]
    most_together: ClassVar[int]
    params_type: ClassVar[type]
    # With these one number spoils a call for all; sent alone, the others arrive.
    codes_of_one: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def shared(self, sms: Sms) -> Hashable:
        """Messages with an equal one may share a call; None: this one goes alone."""

    @abstractmethod
    def send(self, access: Access, batch: Sequence[Sms]) -> list[Result]:
        """One call for all of `batch`; results in its order."""

    @abstractmethod
    def verify(self, access: Access) -> Verification:
        """Whether the key is good and the signature approved; sends nothing."""

    @abstractmethod
    def receipts(self, entries: list[Any]) -> list[Receipt]:
        """What a push of delivery states tells; raises `InvalidInputError` naming what is wrong."""


def access_of(account: ChannelAccount) -> Access:
    settings, secrets = account.settings, account.secrets
    return Access(
        key_id=str(secrets.get("access_key_id", "")),
        key_secret=str(secrets.get("access_key_secret", "")),
        sign_name=str(settings.get("sign_name", "")),
        sdk_app_id=str(settings.get("sdk_app_id", "")),
        endpoint=str(settings.get("endpoint", "")),
    )
