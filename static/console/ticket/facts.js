// What the ticket says, each line editable where it stands.

import { available, patch, post } from "../api.js";
import { customInputs, customWords, readCustom } from "../custom_fields.js";
import { askAgain, valueWords } from "../conflict.js";
import { staffChoice } from "../dialog.js";
import { button, byId, element, option, place } from "../dom.js";
import { priorities, ticketId } from "../page.js";
import { fromLocalInput, fullMoment, toLocalInput } from "../time.js";
import { current, onChange, path, refresh, take } from "./current.js";

const text = (length, isLong = false) => (value) => {
  const input = element(isLong ? "textarea" : "input", { attributes: { maxlength: length, rows: isLong ? 6 : null } });
  input.value = value ?? "";
  return input;
};
const select = (choices) => (value) => element("select", {
  children: choices().map((one) => option(one.value, one.label, one.value === value)),
});

const LINES = [
  { name: "title", label: "标题", make: text(200) },
  { name: "description", label: "问题描述", make: text(10000, true), isLong: true },
  { name: "assigned_to", label: "负责人", make: (value) => staffChoice({ selected: value, empty: value ? undefined : "请选择…" }), show: (ticket) => ticket.assigned_to_name || "未分配" },
  { name: "priority", label: "优先级", make: select(() => priorities) },
  { name: "product", label: "产品/项目", make: text(100) },
  { name: "progress", label: "进度", make: (value) => element("input", { attributes: { type: "number", min: 0, max: 100, value } }), read: Number },
  {
    name: "deadline", label: "处理期限", read: fromLocalInput,
    make: (value) => element("input", { attributes: { type: "datetime-local", value: toLocalInput(value), required: true } }),
  },
];
const FIXED = [
  ["创建", (ticket) => fullMoment(ticket.created_at)],
  ["首次响应", (ticket) => fullMoment(ticket.responded_at) || "还没有"],
  ["首次响应期限", (ticket) => fullMoment(ticket.response_due_at)],
  ["解决", (ticket) => fullMoment(ticket.resolved_at)],
  ["催促", (ticket) => (ticket.reminder_count ? `${ticket.reminder_count} 次` : "")],
];

let editing = null;
let custom = [];

export async function setUpFacts() {
  onChange((ticket) => drawFacts(ticket));
  drawFacts(current());
  const answer = await available("/api/custom-fields").catch(() => null);
  custom = answer ?? [];
  if (custom.length) drawFacts(current());
}

function drawFacts(ticket) {
  // A line that is being edited stays: nobody's typing is taken away by news.
  const kept = editing?.node;
  place(byId("facts"), [
    ...LINES.map((line) => (editing?.name === line.name ? kept : showLine(line, ticket))),
    ...custom.map((field) => (editing?.name === `custom.${field.key}` ? kept : showCustom(field, ticket))),
    ...FIXED.map(([label, show]) => [label, show(ticket)]).filter(([, words]) => words).map(([label, words]) => element("div", {
      className: "fact", children: [element("dt", { text: label }), element("dd", { text: words })],
    })),
  ]);
}

function showLine(line, ticket) {
  const words = line.show ? line.show(ticket) : valueWords(line.name, ticket[line.name]);
  return fact(line.label, words, line.isLong, () => edit({
    name: line.name, label: line.label, input: line.make(ticket[line.name]),
    read: (input) => (line.read ?? ((value) => value))(input.value),
    send: (value, version) => (line.name === "assigned_to"
      ? post(path("/assign"), { assignee: value, version })
      : patch(path(), { [line.name]: value, version })),
    field: line.name,
  }));
}

function showCustom(field, ticket) {
  const value = ticket.custom_fields?.[field.key];
  return fact(field.label, customWords(field, value), false, () => {
    const [made] = customInputs([field], ticket.custom_fields ?? {});
    edit({
      name: `custom.${field.key}`, label: field.label, input: made.input,
      read: () => readCustom([made])[field.key] ?? null,
      send: (given, version) => patch(path(), { custom_fields: { [field.key]: given }, version }),
      field: `custom_fields.${field.key}`,
    });
  });
}

function fact(label, words, isLong, onEdit) {
  return element("div", {
    className: isLong ? "fact fact-long" : "fact",
    children: [
      element("dt", { text: label }),
      element("dd", {
        children: [
          element("span", { className: "fact-words", text: words }),
          button("改", onEdit, { className: "fact-edit quiet", attributes: { "aria-label": `修改${label}` } }),
        ],
      }),
    ],
  });
}

function edit({ name, label, input, read, send, field }) {
  let seen = current().version;
  const refusal = element("p", { className: "field-error", attributes: { role: "alert" } });
  const form = element("form", {
    className: "fact-form",
    children: [
      input, refusal,
      element("div", {
        className: "fact-acts",
        children: [
          element("button", { text: "保存", className: "primary", attributes: { type: "submit" } }),
          button("取消", () => finish(), { className: "quiet" }),
        ],
      }),
    ],
  });
  input.setAttribute("aria-label", label);
  editing = { name, node: element("div", { className: "fact fact-long", children: [element("dt", { text: label }), element("dd", { children: [form] })] }) };
  form.addEventListener("submit", (event) => { event.preventDefault(); save(seen); });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") finish(); });
  drawFacts(current());
  input.focus();

  async function save(version) {
    refusal.textContent = "";
    try {
      const done = await send(read(input), version);
      finish();
      take(done);
    } catch (error) {
      if (!error.isConflict) { refusal.textContent = error.byField?.[field] ?? error.message; return; }
      // What was typed stays in the field, whatever the answer.
      const again = await askAgain({ error, id: ticketId, mine: `您填写的${label}：${wordsOf(input)}`, goOn: "用我的覆盖", leave: "先不保存" });
      await refresh().catch(() => {});
      // What the others did is known from now on: saving once more is meant.
      seen = current().version;
      if (again.version !== null) await save(seen);
      else input.focus();
    }
  }
}

const wordsOf = (input) => (input.tagName === "SELECT" ? input.selectedOptions[0]?.textContent : input.value);

function finish() {
  editing = null;
  drawFacts(current());
}
