"""Aliyun's and Tencent Cloud's SMS, both at the root path, as their SDKs call it."""
