"""WeChat entries (contract.md §5); their JSON forms stand in the schema as views of their own."""

from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from wechat.api.group_bot import GroupBotNotifyView
from wechat.api.sidebar import JsSdkView, SidebarDataView, SidebarReadView, SidebarSendView
from wechat.api.views import CommandView, WorkMessageView
from wechat.callbacks.door import AibotView
from wechat.official.door import OfficialMessageView

urlpatterns = [
    path("", include("wechat.api.kf.urls")),
    path("wechat/work-message", WorkMessageView.as_view()),
    path("wechat/aibot", csrf_exempt(AibotView.as_view())),
    path("wechat/mp-message", csrf_exempt(OfficialMessageView.as_view())),
    path("wechat/work/command", CommandView.as_view()),
    path("wechat/sidebar-data", SidebarDataView.as_view()),
    path("wechat/sidebar-send", SidebarSendView.as_view()),
    path("wechat/sidebar-read", SidebarReadView.as_view()),
    path("wechat/js-sdk", JsSdkView.as_view()),
    path("wechat/group-bot-notify", GroupBotNotifyView.as_view()),
]
