"""Acts on the customers that are ticked in the admin's list: the same actions as everywhere."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from config.admin_acts import BulkAct, Doing, confirmed
from customers.actions.assign import customer_assign
from customers.actions.block import customer_block, customer_unblock
from customers.actions.standing import customer_delete, customer_restore
from customers.actions.tags import tag_spread, tag_withdraw
from customers.admin.actor import actor_of
from customers.admin.bulk_forms import AssignForm, ReasonForm, TagsForm
from customers.models import Customer, TagSource

# Tags go by the thousand.
MOST_TAGGED = 20_000


def _named(customer: Customer) -> str:
    return f"{customer.name}（{customer.company}）" if customer.company else customer.name


def _tag(rows: Sequence[Customer], doing: Doing) -> int:
    changed: set[int] = set()
    ids = [customer.pk for customer in rows]
    for tag in doing.given["tags"]:
        changed.update(
            tag_spread(
                tag=tag, customer_ids=ids, source=TagSource.MANUAL, actor=actor_of(doing.request)
            )
        )
    return len(changed)


def _untag(rows: Sequence[Customer], doing: Doing) -> int:
    changed: set[int] = set()
    ids = [customer.pk for customer in rows]
    for tag in doing.given["tags"]:
        changed.update(tag_withdraw(tag=tag, customer_ids=ids, actor=actor_of(doing.request)))
    return len(changed)


def _assign(customer: Customer, doing: Doing) -> None:
    customer_assign(
        customer_id=customer.pk,
        to_user=doing.given["to_user"],
        note=doing.given["note"],
        actor=actor_of(doing.request),
    )


def _block(customer: Customer, doing: Doing) -> None:
    customer_block(
        customer_id=customer.pk, reason=doing.given["reason"], actor=actor_of(doing.request)
    )


def _is_blocked(customer: Customer, request: HttpRequest) -> str:
    return "已在黑名单中" if customer.is_blocked else ""


def _is_not_blocked(customer: Customer, request: HttpRequest) -> str:
    return "" if customer.is_blocked else "不在黑名单中"


def _not_ones_own(customer: Customer, request: HttpRequest) -> str:
    actor = actor_of(request)
    may = actor.sees_all or customer.follow_user_id == request.user.pk
    return "" if may else "只有跟进人或管理员可以删除"


def _cannot_come_back(customer: Customer, request: HttpRequest) -> str:
    if customer.erased_at is not None:
        return "个人信息已删除，不能恢复"
    return "已合并到其他客户，不能恢复" if customer.merged_into_id is not None else ""


ACTS: dict[str, BulkAct] = {
    act.name: act
    for act in (
        BulkAct(
            name="tag_selected",
            label="打标签",
            effect="为所选客户加上这些标签；已有的不重复添加。企业微信中的标签随后更新。",
            done="有变化",
            unit="位客户",
            run_all=_tag,
            form=TagsForm,
            named=_named,
            most=MOST_TAGGED,
        ),
        BulkAct(
            name="untag_selected",
            label="移除标签",
            effect="从所选客户移除这些标签。企业微信中的标签随后更新。",
            done="有变化",
            unit="位客户",
            run_all=_untag,
            form=TagsForm,
            named=_named,
            most=MOST_TAGGED,
        ),
        BulkAct(
            name="assign_selected",
            label="分配客户",
            effect="所选客户改由该同事跟进，原跟进人不再是负责人；变更记入客户动态。",
            done="已分配",
            unit="位客户",
            run=_assign,
            form=AssignForm,
            named=_named,
        ),
        BulkAct(
            name="block_selected",
            label="拉黑",
            effect="不再向所选客户群发消息，也不再自动答复；可以解除。",
            done="已拉黑",
            unit="位客户",
            run=_block,
            against=_is_blocked,
            form=ReasonForm,
            named=_named,
            is_danger=True,
        ),
        BulkAct(
            name="unblock_selected",
            label="解除拉黑",
            effect="所选客户恢复正常接待与消息发送。",
            done="已解除拉黑",
            unit="位客户",
            run=lambda customer, doing: customer_unblock(
                customer_id=customer.pk, actor=actor_of(doing.request)
            ),
            against=_is_not_blocked,
            named=_named,
        ),
        BulkAct(
            name="delete_them",
            label="删除",
            effect="标记为已删除，列表中不再出现；工单与消息保留，管理员可以恢复。",
            done="已删除",
            unit="位客户",
            run=lambda customer, doing: customer_delete(
                customer_id=customer.pk, actor=actor_of(doing.request)
            ),
            against=_not_ones_own,
            named=_named,
            is_danger=True,
        ),
        BulkAct(
            name="restore_them",
            label="恢复",
            effect="所选客户回到客户列表，状态与删除前相同。",
            done="已恢复",
            unit="位客户",
            run=lambda customer, doing: customer_restore(
                customer_id=customer.pk, actor=actor_of(doing.request)
            ),
            against=_cannot_come_back,
            named=_named,
        ),
    )
}


class BulkActs(ModelAdmin):
    actions = [confirmed(act) for act in ACTS.values()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Bringing back is for the list of deleted ones, and the only thing to do there."""
        found: dict[str, Any] = super().get_actions(request)
        is_deleted_shown = request.GET.get("status") == "0"
        return {
            name: each
            for name, each in found.items()
            if (name == "restore_them") == is_deleted_shown
        }
