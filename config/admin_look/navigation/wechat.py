"""WeCom and the Official Account: how customers come, and what the platform told us."""

from config.admin_look.navigation.entries import Entry, Group

WECHAT = Group(
    "企业微信与公众号",
    (
        Entry("渠道活码", "qr_code_2", model="wechat.ContactWay"),
        Entry("欢迎语记录", "waving_hand", model="wechat.Welcome"),
        Entry("公众号粉丝", "person_add", model="wechat.OfficialFollower"),
        Entry("公众号二维码", "qr_code_scanner", model="wechat.OfficialQrCode"),
        Entry("微信客服账号", "contact_support", model="wechat.KfAccount"),
        Entry("微信客服客户", "connect_without_contact", model="wechat.KfCustomer"),
        Entry("企业微信同步", "sync", model="wechat.SyncRun"),
        Entry("同步失败与待办", "sync_problem", model="wechat.SyncJob", badge="sync_jobs_failed"),
        Entry("回调记录", "call_received", model="wechat.Callback"),
    ),
)
