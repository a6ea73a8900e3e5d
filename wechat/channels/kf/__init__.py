"""KF: WeChat customer service (wechat-protocol.md §4.6)."""
