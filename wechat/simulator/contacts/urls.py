"""The calls of 客户联系, under /sandbox/cgi-bin/."""

from django.urls import path

from wechat.simulator.contacts import (
    group_transfers,
    groups,
    reading,
    staff,
    tags,
    transfers,
    ways,
    welcomes,
    writing,
)

urlpatterns = [
    path("user/simplelist", staff.simple_list),
    path("user/list", staff.full_list),
    path("externalcontact/get_follow_user_list", staff.follow_user_list),
    path("externalcontact/list", reading.customer_list),
    path("externalcontact/get", reading.customer_get),
    path("externalcontact/batch/get_by_user", reading.batch_get_by_user),
    path("externalcontact/remark", writing.remark),
    path("externalcontact/mark_tag", writing.mark_tag),
    path("externalcontact/get_corp_tag_list", tags.tag_list),
    path("externalcontact/add_corp_tag", tags.tag_add),
    path("externalcontact/edit_corp_tag", tags.tag_edit),
    path("externalcontact/del_corp_tag", tags.tag_delete),
    path("externalcontact/groupchat/list", groups.group_list),
    path("externalcontact/groupchat/get", groups.group_get),
    path("externalcontact/groupchat/transfer", group_transfers.resigned),
    path("externalcontact/groupchat/onjob_transfer", group_transfers.on_job),
    path("externalcontact/transfer_customer", transfers.transfer_customer),
    path("externalcontact/transfer_result", transfers.transfer_result),
    path("externalcontact/resigned/transfer_customer", transfers.resigned_transfer_customer),
    path("externalcontact/resigned/transfer_result", transfers.resigned_transfer_result),
    path("externalcontact/get_unassigned_list", transfers.unassigned_list),
    path("externalcontact/add_contact_way", ways.way_add),
    path("externalcontact/get_contact_way", ways.way_get),
    path("externalcontact/update_contact_way", ways.way_update),
    path("externalcontact/del_contact_way", ways.way_delete),
    path("externalcontact/list_contact_way", ways.way_list),
    path("externalcontact/send_welcome_msg", welcomes.send_welcome_msg),
]
