// Edits the JSON of conditions by rows; the text area stays what is submitted.

import { nodeOf, treeOf } from "./conditions_tree.js";
import { valueControl } from "./conditions_value.js";
import { el, select } from "./conditions_dom.js";

const MODES = [
  ["all", "满足以下全部"],
  ["any", "满足以下任意一个"],
  ["none", "以下一个都不满足"],
];
const PAUSE = 400;

for (const area of document.querySelectorAll("textarea[data-conditions]")) edit(area);

function edit(area) {
  const language = JSON.parse(document.getElementById(area.dataset.conditions).textContent);
  const fields = new Map(language.fields.map((field) => [field.name, field]));
  const tree = treeOf(area.value, fields);
  // What the rows cannot show is left to be edited as it is written.
  if (!tree) return;
  const root = el("div", { className: "conditions" });
  const rows = el("div");
  const found = el("p", { className: "conditions-found", role: "status" });
  root.append(rows, found);
  area.hidden = true;
  area.after(root);
  const page = { language, fields, changed: () => {} };
  let timer;
  const draw = () => {
    rows.replaceChildren(group(tree, page, null, 1));
    page.changed();
  };
  page.draw = draw;
  page.changed = () => {
    area.value = JSON.stringify(nodeOf(tree, "conditions"), null, 2);
    clearTimeout(timer);
    timer = setTimeout(() => preview(area, found, tree), PAUSE);
  };
  draw();
}

function group(tree, page, drop, depth) {
  const mode = select(MODES, tree.mode, (value) => {
    tree.mode = value;
    page.changed();
  });
  mode.setAttribute("aria-label", "条件之间的关系");
  const head = el("div", { className: "conditions-head" }, mode);
  if (drop) head.append(button("删除这一组", drop, "conditions-drop"));
  const box = el("div", { className: "conditions-group" }, head);
  tree.parts.forEach((part, index) => {
    const gone = () => {
      tree.parts.splice(index, 1);
      page.draw();
    };
    box.append(part.parts ? group(part, page, gone, depth + 1) : row(part, page, gone));
  });
  if (!tree.parts.length && depth === 1) {
    box.append(el("p", { className: "conditions-none", textContent: "没有条件：所有客户" }));
  }
  const acts = el("div", { className: "conditions-acts" });
  acts.append(button("＋ 添加条件", () => add(tree, page, first(page))));
  if (depth < 3) {
    const inner = { mode: "any", parts: [first(page)] };
    acts.append(button("＋ 添加条件组", () => add(tree, page, inner)));
  }
  box.append(acts);
  return box;
}

function add(tree, page, part) {
  tree.parts.push(structuredClone(part));
  page.draw();
}

function first(page) {
  return { field: page.language.fields[0].name, op: page.language.fields[0].operators[0].op };
}

function row(leaf, page, drop) {
  const box = el("div", { className: "conditions-row" });
  Object.defineProperty(leaf, "box", { value: box, enumerable: false, configurable: true });
  const draw = () => {
    const field = page.fields.get(leaf.field);
    const operator = field.operators.find((one) => one.op === leaf.op) ?? field.operators[0];
    leaf.op = operator.op;
    const named = select(
      page.language.fields.map((one) => [one.name, one.label, one.group]),
      leaf.field,
      (value) => {
        leaf.field = value;
        leaf.value = undefined;
        for (const key of Object.keys(leaf)) if (!["field", "op", "value"].includes(key)) delete leaf[key];
        redraw();
      },
    );
    named.setAttribute("aria-label", "字段");
    const operators = select(
      field.operators.map((one) => [one.op, one.label]),
      leaf.op,
      (value) => {
        const before = operator.takes;
        leaf.op = value;
        const now = field.operators.find((one) => one.op === value).takes;
        if (now !== before) leaf.value = undefined;
        redraw();
      },
    );
    operators.setAttribute("aria-label", "运算");
    const value = el("div", { className: "conditions-value" });
    for (const param of field.params) value.append(...parameter(leaf, param, page));
    valueControl(value, leaf, operator, choicesOf(field, page), page.changed, redraw);
    box.replaceChildren(named, operators, value, button("删除", drop, "conditions-drop"));
  };
  const redraw = () => {
    draw();
    page.changed();
  };
  draw();
  return box;
}

function choicesOf(field, page) {
  return field.source ? (page.language.sources[field.source] ?? []) : field.choices;
}

function parameter(leaf, param, page) {
  const set = (value) => {
    if (value === undefined || value === "") delete leaf[param.name];
    else leaf[param.name] = value;
    page.changed();
  };
  if (param.choices.length) {
    const all = [["", `${param.label}不限`], ...param.choices.map((one) => [String(one.value), one.label])];
    const chosen = select(all, String(leaf[param.name] ?? ""), set);
    chosen.setAttribute("aria-label", param.label);
    return [chosen];
  }
  if (param.kind === "integer") {
    if (leaf[param.name] === undefined && param.required) leaf[param.name] = 30;
    const input = el("input", { type: "number", min: 1, max: 3650, value: leaf[param.name] ?? "" });
    input.setAttribute("aria-label", param.label);
    input.addEventListener("input", () => set(input.value === "" ? undefined : Number(input.value)));
    return [unit("最近"), input, unit("天")];
  }
  const input = el("input", { type: "text", maxLength: 200, value: leaf[param.name] ?? "", placeholder: param.label });
  input.setAttribute("aria-label", param.label);
  input.addEventListener("input", () => set(input.value));
  return [input];
}

function unit(text) {
  return el("span", { className: "conditions-unit", textContent: text });
}

function button(text, act, className = "") {
  const made = el("button", { type: "button", textContent: text, className });
  made.addEventListener("click", act);
  return made;
}

async function preview(area, found, tree) {
  const asked = area.value;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  let answer;
  try {
    const response = await fetch("/api/v1/segments/preview", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ conditions: JSON.parse(asked) }),
    });
    answer = await response.json();
  } catch {
    answer = { errors: [{ detail: "暂时无法统计" }] };
  }
  if (area.value !== asked) return;
  mark(tree, answer.errors?.[0]?.attr ?? "");
  found.toggleAttribute("data-wrong", Boolean(answer.errors));
  if (answer.errors) {
    found.textContent = answer.errors[0].detail;
    return;
  }
  const names = answer.list.map((customer) => customer.name).join("、");
  found.replaceChildren(
    el("strong", { textContent: String(answer.count) }),
    ` 位客户 · ${answer.description}`,
    el("br"),
    el("span", { className: "conditions-sample", textContent: names ? `例如：${names}` : "" }),
  );
}

function mark(part, attr) {
  if (part.parts) part.parts.forEach((inner) => mark(inner, attr));
  else part.box?.toggleAttribute("data-wrong", attr === part.path || attr.startsWith(`${part.path}.`));
}
