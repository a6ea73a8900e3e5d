"""Pages of the WeChat entries outside the admin (contract.md §9)."""

from django.urls import URLPattern, URLResolver, include, path

from wechat.official import oauth
from wechat.sidebar import pages as sidebar

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("wechat.binding.urls")),
    path("wechat/oauth/start", oauth.start, name="wechat-oauth-start"),
    path("wechat/oauth/callback", oauth.callback, name="wechat-oauth-callback"),
    path("sidebar/", sidebar.sidebar, name="sidebar"),
    path("sidebar/login", sidebar.sidebar_login, name="sidebar-login"),
]
