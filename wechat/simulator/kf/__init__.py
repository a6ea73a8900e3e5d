"""WeChat customer service (微信客服) of the pretended platform (wechat-protocol.md §§2.6, 4.6)."""
