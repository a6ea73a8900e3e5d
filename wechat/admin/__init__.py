"""The WeChat entries in the operators' admin."""

from wechat.admin import callbacks, contact_ways, kf, official, sync_jobs, sync_runs, welcomes

__all__ = ["callbacks", "contact_ways", "kf", "official", "sync_jobs", "sync_runs", "welcomes"]
