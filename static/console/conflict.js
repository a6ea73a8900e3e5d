// Somebody else was quicker: what they changed, and whether to go on all the same.

import { call } from "./api.js";
import { ask } from "./dialog.js";
import { element } from "./dom.js";
import { priorityLabel, staff, stateLabel } from "./page.js";
import { fullMoment, moment } from "./time.js";

const FIELDS = {
  title: "标题", description: "问题描述", product: "产品", priority: "优先级", status: "状态", progress: "进度",
  assigned_to: "负责人", deadline: "处理期限", project_id: "项目", custom_fields: "自定义字段", merged_into: "合并到",
};

export function valueWords(field, value) {
  if (value === null || value === "" || value === undefined) return "无";
  if (field === "status") return stateLabel(value);
  if (field === "priority") return priorityLabel(value);
  if (field === "progress") return `${value}%`;
  if (field === "deadline") return fullMoment(value);
  if (field === "assigned_to") return staff.find((one) => one.account === value)?.name ?? value;
  if (field === "merged_into") return `#${value}`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const fieldLabel = (field) => FIELDS[field] ?? field;

function changeLines(changed) {
  return changed.flatMap((change) => Object.entries(change.fields)
    .filter(([field]) => FIELDS[field])
    .map(([field, [old, now]]) => element("li", {
      children: [
        element("span", { className: "change-who", text: `${change.actor_name} ${moment(change.created_at)}` }),
        element("span", { className: "change-field", text: FIELDS[field] }),
        element("del", { text: valueWords(field, old) }),
        element("span", { text: " → " }),
        element("ins", { text: valueWords(field, now) }),
      ],
    })));
}

// Resolves with the present version when the user wants to go on, with null when not.
export async function askAgain({ error, id, mine, goOn = "仍然继续", leave = "放弃我的修改" }) {
  const current = error.body.current ?? await call(`/api/tickets/${id}`);
  const lines = changeLines(error.body.changed ?? []);
  const agreed = await ask({
    title: "别人刚修改了这张工单",
    confirm: goOn,
    cancel: leave,
    content: [
      element("p", { text: error.message }),
      lines.length && element("ul", { className: "changes", children: lines }),
      mine && element("p", { className: "mine", text: mine }),
    ],
  });
  return { current, version: agreed ? current.version : null };
}
