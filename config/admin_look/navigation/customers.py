"""Who the customers are, and what is planned with them."""

from config.admin_look.navigation.entries import Entry, Group

CUSTOMERS = Group(
    "客户",
    (
        Entry("客户", "groups", model="customers.Customer"),
        Entry("项目", "work", model="customers.Project"),
        Entry("跟进任务", "task_alt", model="customers.FollowUpTask", badge="follow_ups_due"),
        Entry("跟进计划", "event_repeat", model="customers.FollowUpPlan"),
        Entry("流失预警", "crisis_alert", model="customers.RiskWarning"),
        Entry("标签", "sell", model="customers.Tag"),
        Entry("标签组", "category", model="customers.TagGroup"),
        Entry("自动标签", "new_label", model="customers.TagRule"),
        Entry("客户分群", "filter_alt", model="customers.Segment"),
        Entry("客户群", "forum", model="customers.CustomerGroup"),
        Entry(
            "疑似重复客户", "person_search", model="customers.MergeCase", badge="merge_cases_open"
        ),
        Entry("客户移交", "move_up", model="customers.Handover"),
        Entry("客户导入", "upload_file", model="customers.CustomerImport"),
        Entry("客户统计", "bar_chart", model="customers.DailyCustomerStatistic"),
    ),
)
