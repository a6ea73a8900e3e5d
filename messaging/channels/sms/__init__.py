"""SMS over Aliyun or Tencent Cloud, whichever an account names (wechat-protocol.md §7.1)."""
