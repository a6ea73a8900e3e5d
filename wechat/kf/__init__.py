"""WeChat customer service (微信客服): reading by cursor, answering, who serves whom."""
