// The steps of this ticket.

import { available, patch, post, remove } from "../api.js";
import { button, element } from "../dom.js";
import { complain } from "../frame.js";
import { moment } from "../time.js";
import { path } from "./current.js";

export async function checklist(body, redraw) {
  const answer = await available(path("/checklist"));
  if (!answer) return false;
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  body.replaceChildren(
    element("p", { className: "quiet-text", text: answer.total ? `完成 ${answer.done} / ${answer.total}` : "还没有步骤" }),
    element("ul", { className: "checklist", children: answer.list.map((item) => line(item, redraw)) }),
    addForm(redraw),
  );
  if (focused) body.querySelector(`[data-key="${focused}"]`)?.focus();
  return true;
}

const then = (act, redraw) => act.then(redraw, (error) => { complain(error); redraw(); });

function line(item, redraw) {
  const box = element("input", {
    attributes: { type: "checkbox", "data-key": `item-${item.id}` },
    on: { change: (event) => then(patch(path(`/checklist/${item.id}`), { done: event.target.checked }), redraw) },
  });
  box.checked = item.done;
  return element("li", {
    className: item.done ? "step step-done" : "step",
    children: [
      element("label", { className: "check", children: [box, element("span", { text: item.text })] }),
      item.done && element("span", { className: "choice-hint", text: `${item.done_by} ${moment(item.done_at)}` }),
      button("✕", () => then(remove(path(`/checklist/${item.id}`)), redraw), {
        className: "quiet", attributes: { "aria-label": `删除步骤 ${item.text}` },
      }),
    ],
  });
}

function addForm(redraw) {
  const words = element("input", { attributes: { maxlength: 200, placeholder: "添加步骤…", "aria-label": "添加步骤", "data-key": "add" } });
  return element("form", {
    className: "inline-form",
    children: [words, element("button", { text: "添加", attributes: { type: "submit" } })],
    on: {
      submit: (event) => {
        event.preventDefault();
        if (words.value.trim()) then(post(path("/checklist"), { text: words.value.trim() }), redraw);
      },
    },
  });
}
