"""What `manage.py doctor` says of the WeChat entries: a check for each step of docs/wecom-setup.md."""

from wechat.diagnosis import (  # noqa: F401  (they register themselves)
    app,
    contacts,
    customer_service,
    official,
    receiving,
    robot,
    sidebar,
)
