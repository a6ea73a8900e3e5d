"""Everything under /sandbox/."""

from django.urls import include, path

from wechat.simulator import (
    app_messages,
    by_hand,
    cards,
    chats,
    faults,
    feishu,
    group_robot,
    media,
    members,
    outbox,
    smart_robot,
    tokens,
)
from wechat.simulator.contacts import listing
from wechat.simulator.contacts.acts import door
from wechat.simulator.official import followers
from wechat.simulator.push import jpush, service, subscriptions

app_name = "simulator"

urlpatterns = [
    path("", chats.page, name="page"),
    path("api/outbox", outbox.outbox),
    path("api/faults", faults.faults),
    path("api/chats", chats.chats),
    path("api/chats/<str:chat_id>/messages", chats.chat_messages),
    path("api/contacts", door.contacts),
    path("api/contacts/company", listing.company),
    path("api/callbacks/raw", by_hand.raw_callback),
    path("cgi-bin/gettoken", tokens.gettoken),
    path("cgi-bin/message/send", app_messages.message_send),
    path("cgi-bin/message/recall", app_messages.message_recall),
    path("cgi-bin/message/update_template_card", cards.update_template_card),
    path("cgi-bin/agent/get", members.agent_get),
    path("cgi-bin/user/get", members.user_get),
    path("cgi-bin/batch/openuserid_to_userid", members.openuserid_to_userid),
    path("cgi-bin/", include("wechat.simulator.contacts.urls")),
    path("cgi-bin/media/upload", media.media_upload),
    path("cgi-bin/webhook/send", group_robot.webhook_send),
    path("cgi-bin/webhook/upload_media", media.webhook_upload),
    path("cgi-bin/aibot/response", smart_robot.aibot_response),
    path("api/followers", followers.followers),
    path("mp/cgi-bin/", include("wechat.simulator.official.urls")),
    path("open-apis/bot/v2/hook/<str:token>", feishu.hook),
    path("push/<str:token>", service.push),
    path("api/push/<str:token>", subscriptions.shown),
    path("jpush/v3/push", jpush.push),
    path("jpush/v3/push/validate", jpush.validate),
]
