"""Under /sandbox/mp/."""

from django.urls import path

from wechat.simulator.official import codes, media, menus, messages, oauth, tokens, users

urlpatterns = [
    path("cgi-bin/stable_token", tokens.stable_token),
    path("cgi-bin/get_api_domain_ip", tokens.get_api_domain_ip),
    path("cgi-bin/message/custom/send", messages.custom_send),
    path("cgi-bin/message/template/send", messages.template_send),
    path("cgi-bin/message/subscribe/bizsend", messages.subscribe_send),
    path("cgi-bin/media/get", media.media_get),
    path("films/<str:media_id>", media.film),
    path("cgi-bin/menu/create", menus.create),
    path("cgi-bin/menu/get", menus.get),
    path("cgi-bin/menu/delete", menus.delete),
    path("cgi-bin/qrcode/create", codes.qrcode_create),
    path("cgi-bin/showqrcode", codes.showqrcode),
    path("cgi-bin/user/info", users.user_info),
    path("cgi-bin/user/info/batchget", users.user_info_batchget),
    path("connect/oauth2/authorize", oauth.authorize),
    path("sns/oauth2/access_token", oauth.access_token),
    path("sns/userinfo", oauth.userinfo),
]
