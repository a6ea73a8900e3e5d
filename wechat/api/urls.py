"""WeChat entries (contract.md §5); their JSON forms stand in the schema as views of their own."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from wechat.api.views import CommandView, WorkMessageView
from wechat.callbacks.door import AibotView

urlpatterns = [
    path("wechat/work-message", WorkMessageView.as_view()),
    path("wechat/aibot", csrf_exempt(AibotView.as_view())),
    path("wechat/work/command", CommandView.as_view()),
]
