"""The simulated platform with few customers, and its callbacks through the encrypted door."""

from tests.wechat.sync.conftest import corporation, settle, sync, tell

__all__ = ["corporation", "settle", "sync", "tell"]
