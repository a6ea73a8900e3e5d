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
    js_sdk,
    login,
    media,
    members,
    outbox,
    smart_robot,
    stage,
    tokens,
)
from wechat.simulator.contacts import listing
from wechat.simulator.contacts.acts import door
from wechat.simulator.kf.acts import door as kf_door
from wechat.simulator.official import followers, menus, pictures
from wechat.simulator.official.acts import door as official_door
from wechat.simulator.push import jpush, receiving, subscriptions

app_name = "simulator"

urlpatterns = [
    path("", chats.page, name="page"),
    path("stage/", stage.stage, name="stage"),
    path("phone/", stage.phone, name="phone"),
    path("beside/", stage.beside, name="beside"),
    path("api/outbox", outbox.outbox),
    path("api/faults", faults.faults),
    path("api/chats", chats.chats),
    path("api/chats/<str:chat_id>/messages", chats.chat_messages),
    path("api/contacts", door.contacts),
    path("api/contacts/company", listing.company),
    path("api/contacts/ways", listing.ways),
    path("api/kf", kf_door.kf),
    path("api/kf/messages", kf_door.kf_messages),
    path("api/callbacks/raw", by_hand.raw_callback),
    path("api/js-sdk", js_sdk.check),
    path("connect/oauth2/authorize", login.authorize),
    path("cgi-bin/gettoken", tokens.gettoken),
    path("cgi-bin/get_jsapi_ticket", js_sdk.get_jsapi_ticket),
    path("cgi-bin/ticket/get", js_sdk.ticket_get),
    path("cgi-bin/auth/getuserinfo", login.getuserinfo),
    path("cgi-bin/message/send", app_messages.message_send),
    path("cgi-bin/message/recall", app_messages.message_recall),
    path("cgi-bin/message/update_template_card", cards.update_template_card),
    path("cgi-bin/agent/get", members.agent_get),
    path("cgi-bin/user/get", members.user_get),
    path("cgi-bin/batch/openuserid_to_userid", members.openuserid_to_userid),
    path("cgi-bin/", include("wechat.simulator.contacts.urls")),
    path("cgi-bin/kf/", include("wechat.simulator.kf.urls")),
    path("cgi-bin/media/upload", media.media_upload),
    path("cgi-bin/media/get", media.media_get),
    path("cgi-bin/webhook/send", group_robot.webhook_send),
    path("cgi-bin/webhook/upload_media", media.webhook_upload),
    path("cgi-bin/aibot/response", smart_robot.aibot_response),
    path("api/followers", followers.followers),
    path("api/official", official_door.official),
    path("api/official/menu", menus.shown),
    path("api/official/pictures", pictures.upload),
    path("api/official/pictures/<str:name>", pictures.picture),
    path("mp/", include("wechat.simulator.official.urls")),
    path("open-apis/bot/v2/hook/<str:token>", feishu.hook),
    path("push/<str:token>", receiving.push),
    path("api/push/<str:token>", subscriptions.shown),
    path("jpush/v3/push", jpush.push),
    path("jpush/v3/push/validate", jpush.validate),
]
