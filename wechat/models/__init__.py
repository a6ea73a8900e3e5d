"""The WeChat entries' tables; one module for each thing."""

from wechat.models.callback import (
    Callback,
    CallbackSource,
    CallbackStatus,
    CommandRecord,
    PendingQuestion,
)
from wechat.models.contact_way import ContactWay, Rotation, Welcome, WelcomeStatus
from wechat.models.kf import KfAccount, KfCustomer, KfState
from wechat.models.official import MediaStatus, OfficialFollower, OfficialMedia, OfficialQrCode
from wechat.models.sync import (
    ACTIVE,
    FollowerMirror,
    SyncJob,
    SyncJobKind,
    SyncKind,
    SyncRun,
    SyncStatus,
)

__all__ = [
    "ACTIVE",
    "Callback",
    "CallbackSource",
    "CallbackStatus",
    "CommandRecord",
    "ContactWay",
    "FollowerMirror",
    "KfAccount",
    "KfCustomer",
    "KfState",
    "MediaStatus",
    "OfficialFollower",
    "OfficialMedia",
    "OfficialQrCode",
    "PendingQuestion",
    "Rotation",
    "SyncJob",
    "SyncJobKind",
    "SyncKind",
    "SyncRun",
    "SyncStatus",
    "Welcome",
    "WelcomeStatus",
]
