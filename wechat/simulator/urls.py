"""Everything under /sandbox/."""

from django.urls import path

from wechat.simulator import app_messages, chats, faults, group_robot, outbox

app_name = "simulator"

urlpatterns = [
    path("", chats.page, name="page"),
    path("api/outbox", outbox.outbox),
    path("api/faults", faults.faults),
    path("api/chats", chats.chats),
    path("api/chats/<str:chat_id>/messages", chats.chat_messages),
    path("api/callbacks/raw", chats.raw_callback),
    path("cgi-bin/gettoken", app_messages.gettoken),
    path("cgi-bin/message/send", app_messages.message_send),
    path("cgi-bin/message/recall", app_messages.message_recall),
    path("cgi-bin/user/get", app_messages.user_get),
    path("cgi-bin/media/upload", app_messages.media_upload),
    path("cgi-bin/webhook/send", group_robot.webhook_send),
    path("cgi-bin/webhook/upload_media", group_robot.webhook_upload),
    path("cgi-bin/aibot/response", group_robot.aibot_response),
]
