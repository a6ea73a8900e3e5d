"""How the operators' admin looks: its name, its colour; `navigation` has the ways by work.

The settings read this before any app is loaded: nothing here may import a model.
"""

from typing import Any

from django.templatetags.static import static

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "客服与消息平台",
    "SITE_HEADER": "客服与消息平台",
    "SITE_SUBHEADER": "运营后台",
    "SITE_SYMBOL": "support_agent",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("site/icon.svg")}
    ],
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {
        "primary": {
            "50": "oklch(97.9% .021 166.1)",
            "100": "oklch(95% .052 163.1)",
            "200": "oklch(90.5% .093 164.2)",
            "300": "oklch(84.5% .143 164.9)",
            "400": "oklch(76.5% .177 163.2)",
            "500": "oklch(69.6% .17 162.5)",
            "600": "oklch(59.6% .145 163.2)",
            "700": "oklch(50.8% .118 165.6)",
            "800": "oklch(43.2% .095 166.9)",
            "900": "oklch(37.8% .077 168.9)",
            "950": "oklch(26.2% .051 172.6)",
        }
    },
    "STYLES": ["/static/site/operators.css"],
    "DASHBOARD_CALLBACK": "config.dashboard.page.context",
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "config.admin_look.navigation.serving.for_request",
    },
}
