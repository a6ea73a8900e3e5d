"""The WeChat entries in the operators' admin."""

from wechat.admin import callbacks, sync_jobs, sync_runs

__all__ = ["callbacks", "sync_jobs", "sync_runs"]
