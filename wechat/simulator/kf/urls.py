"""The calls of WeChat customer service, under /sandbox/cgi-bin/kf/."""

from django.urls import path

from wechat.simulator.kf import reading, sending, states

urlpatterns = [
    path("sync_msg", reading.sync_msg),
    path("send_msg", sending.send_msg),
    path("send_msg_on_event", sending.send_msg_on_event),
    path("service_state/get", states.state_get),
    path("service_state/trans", states.state_trans),
    path("servicer/list", reading.servicer_list),
    path("servicer/add", states.servicer_add),
    path("servicer/del", states.servicer_del),
    path("account/list", reading.account_list),
    path("add_contact_way", reading.way_add),
    path("customer/batchget", reading.customer_batchget),
]
