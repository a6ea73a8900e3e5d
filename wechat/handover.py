"""Hand-overs by the platform's calls of 客户联系 (wechat-protocol.md §4.5)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from customers.actions.handover.transport import Answer, Page, TransportError, Verdict
from messaging.channels.base import Outcome
from messaging.channels.retry_after import RATE_WINDOW_SECONDS
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.client.errors import WECOM
from wechat.client.wecom import configured_app

RETRY_SECONDS = 60.0
ROOT = "externalcontact"
# transfer_result's numbers; 5 is "no record", as if it were not there.
STATUSES = {
    1: Answer(Verdict.DONE),
    2: Answer(Verdict.WAITING),
    3: Answer(Verdict.REFUSED, "customer_refused", "客户拒绝由接替人服务"),
    4: Answer(Verdict.CANDIDATE_FULL, "customer_limit_exceed", "接替人的客户数已达上限"),
}
# What a code says of one customer; the others are plain failures.
VERDICTS = {
    0: Verdict.ACCEPTED,
    40003: Verdict.CANDIDATE_UNFIT,
    40098: Verdict.CANDIDATE_UNFIT,
    40099: Verdict.CANDIDATE_FULL,
    40128: Verdict.CUSTOMER_LIMIT,
    40131: Verdict.NO_RELATION,
    60111: Verdict.CANDIDATE_UNFIT,
    84061: Verdict.NO_RELATION,
}
DETAILS = {
    40096: "企业微信不认识这个外部联系人",
    40097: "移交人尚未离职，不能离职继承",
    40098: "接替人尚未实名认证",
    40099: "接替人的客户数已达上限",
    40100: "客户已在转移流程中",
    40128: "客户 90 天内已被转移 2 次",
    40129: "客户正在另一次转移中",
    40130: "接替人就是移交人",
    40131: "客户不是移交人的好友",
    90500: "群主尚未离职，不能离职继承",
    90501: "不是客户群",
    90502: "群主已离职，请改用离职继承",
    90504: "新群主已是群主",
    90507: "群正在继承处理中",
    90508: "群已经被继承",
}
# A group refused by these may be the new owner's already.
UNCHANGED = frozenset({90504, 90507, 90508})


class WeComHandover:
    """The transport that `customers` hands over by."""

    def submit(
        self,
        *,
        is_resigned: bool,
        from_userid: str,
        to_userid: str,
        external_userids: Sequence[str],
        message: str,
    ) -> Mapping[str, Answer]:
        body: dict[str, Any] = {
            "handover_userid": from_userid,
            "takeover_userid": to_userid,
            "external_userid": list(external_userids),
        }
        if message and not is_resigned:
            body["transfer_success_msg"] = message
        path = f"{ROOT}/resigned/transfer_customer" if is_resigned else f"{ROOT}/transfer_customer"
        try:
            answer = _post(path, body)
        except _WholeCallRefusedError as refused:
            return dict.fromkeys(external_userids, refused.answer)
        return {
            str(row.get("external_userid")): _answer(row.get("errcode"), row.get("errmsg"))
            for row in _rows(answer, "customer")
        }

    def results(self, *, is_resigned: bool, from_userid: str, to_userid: str, cursor: str) -> Page:
        path = f"{ROOT}/resigned/transfer_result" if is_resigned else f"{ROOT}/transfer_result"
        body = {"handover_userid": from_userid, "takeover_userid": to_userid, "cursor": cursor}
        try:
            answer = _post(path, body)
        except _WholeCallRefusedError as refused:
            # A question that is refused today may be answered once somebody mends the settings.
            raise TransportError(
                refused.answer.code,
                refused.answer.detail,
                wait_seconds=RETRY_SECONDS * 10,
                may_have_arrived=False,
            ) from None
        answers = [
            (str(row.get("external_userid")), found)
            for row in _rows(answer, "customer")
            if (found := _result(row)) is not None
        ]
        return Page(answers, str(answer.get("next_cursor") or ""))

    def submit_groups(
        self, *, is_resigned: bool, chat_ids: Sequence[str], to_userid: str
    ) -> Mapping[str, Answer]:
        call = "transfer" if is_resigned else "onjob_transfer"
        body = {"chat_id_list": list(chat_ids), "new_owner": to_userid}
        try:
            answer = _post(f"{ROOT}/groupchat/{call}", body)
        except _WholeCallRefusedError as refused:
            return dict.fromkeys(chat_ids, refused.answer)
        answers = dict.fromkeys(chat_ids, Answer(Verdict.ACCEPTED))
        for row in _rows(answer, "failed_chat_list"):
            chat_id, code = str(row.get("chat_id")), row.get("errcode")
            if (
                isinstance(code, int)
                and code in UNCHANGED
                and self.group_owner(chat_id) == to_userid
            ):
                continue
            answers[chat_id] = _answer(code, row.get("errmsg"))
        return answers

    def group_owner(self, chat_id: str) -> str:
        try:
            answer = _post(f"{ROOT}/groupchat/get", {"chat_id": chat_id, "need_name": 0})
        except _WholeCallRefusedError:
            return ""
        group = answer.get("group_chat")
        return str(group.get("owner") or "") if isinstance(group, dict) else ""


class _WholeCallRefusedError(Exception):
    """The platform said no, and would again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


def _post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    app = configured_app()
    if not (app.corp_id and app.secret):
        raise _WholeCallRefusedError(
            Answer(Verdict.FAILED, "not_configured", "企业微信应用没有配置（WECOM_*）")
        )
    try:
        with BlockingClient(app) as client:
            return client.post(path, body)
    except PlatformRefusal as refusal:
        result = refusal.result
        if result.outcome == Outcome.PERMANENT:
            if refusal.errcode:
                answer = _answer(refusal.errcode, result.detail)
            else:
                answer = Answer(Verdict.FAILED, result.code, result.detail)
            raise _WholeCallRefusedError(answer) from None
        is_throttled = result.outcome == Outcome.THROTTLED
        wait = RATE_WINDOW_SECONDS if is_throttled else RETRY_SECONDS
        raise TransportError(
            result.code,
            result.detail,
            wait_seconds=result.retry_after_seconds or wait,
            # Without the platform's own word it may have been heard.
            may_have_arrived=not refusal.errcode and not is_throttled,
        ) from None


def _rows(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = answer.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _answer(errcode: Any, errmsg: Any) -> Answer:
    code = errcode if isinstance(errcode, int) else -1
    if code == 0:
        return Answer(Verdict.ACCEPTED)
    detail = DETAILS.get(code) or WECOM.permanent.get(code) or f"平台拒绝：{str(errmsg)[:200]}"
    return Answer(VERDICTS.get(code, Verdict.FAILED), str(code), detail)


def _result(row: Mapping[str, Any]) -> Answer | None:
    status, moment = row.get("status"), row.get("takeover_time")
    found = STATUSES.get(status) if isinstance(status, int) else None
    if found is None or not isinstance(moment, int) or moment <= 0:
        return found
    return Answer(found.verdict, found.code, found.detail, datetime.fromtimestamp(moment, UTC))
