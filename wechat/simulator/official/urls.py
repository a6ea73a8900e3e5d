"""Under /sandbox/mp/cgi-bin/."""

from django.urls import path

from wechat.simulator.official import messages, tokens

urlpatterns = [
    path("stable_token", tokens.stable_token),
    path("get_api_domain_ip", tokens.get_api_domain_ip),
    path("message/custom/send", messages.custom_send),
    path("message/template/send", messages.template_send),
    path("message/subscribe/bizsend", messages.subscribe_send),
]
