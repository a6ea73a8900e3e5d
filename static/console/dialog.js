// Questions in a <dialog>: the browser keeps the focus inside and gives it back afterwards.

import { button, element, option } from "./dom.js";
import { staff } from "./page.js";

let number = 0;

// Resolves with what `read` says when confirmed, with null when left.
export function ask({ title, content = [], confirm = "确定", cancel = "取消", read = () => true, isWide = false }) {
  return new Promise((done) => {
    const heading = `dialog-${number += 1}`;
    const refusal = element("p", { className: "dialog-refusal", attributes: { role: "alert", hidden: true } });
    const form = element("form", {
      className: isWide ? "dialog-form dialog-wide" : "dialog-form",
      attributes: { method: "dialog" },
      children: [
        element("h2", { text: title, attributes: { id: heading } }),
        ...content,
        refusal,
        element("div", {
          className: "dialog-acts",
          children: [
            cancel && button(cancel, () => dialog.close(), { className: "quiet" }),
            confirm && element("button", { text: confirm, className: "primary", attributes: { type: "submit" } }),
          ],
        }),
      ],
    });
    const dialog = element("dialog", { className: "dialog", attributes: { "aria-labelledby": heading }, children: [form] });
    let answer = null;
    const submit = form.querySelector("[type=submit]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (submit) submit.disabled = true;
      try {
        answer = await read();
        if (answer !== undefined) dialog.close();
      } catch (error) {
        refusal.textContent = error.message;
        refusal.hidden = false;
        error.onShown?.();
      } finally {
        if (submit) submit.disabled = false;
      }
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    dialog.addEventListener("close", () => { dialog.remove(); done(answer); });
    dialog.answerWith = (value) => { answer = value; dialog.close(); };
    document.body.append(dialog);
    dialog.showModal();
  });
}

// One of several: resolves with the chosen value.
export function choose({ title, choices, note }) {
  const list = element("div", {
    className: "choices",
    children: choices.map(({ value, label, hint, isDisabled }) => button(label, (event) => {
      event.target.closest("dialog").answerWith(value);
    }, {
      className: "choice",
      attributes: { disabled: isDisabled },
      children: [hint && element("span", { className: "choice-hint", text: hint })],
    })),
  });
  return ask({ title, confirm: null, content: [note && element("p", { className: "quiet-text", text: note }), list] });
}

export function askWords({ title, label, confirm, isRequired = false }) {
  const words = element("textarea", { attributes: { rows: 4, maxlength: 1000, required: isRequired } });
  return ask({
    title, confirm,
    content: [element("label", { className: "field", children: [element("span", { text: label }), words] })],
    read: () => ({ words: words.value.trim() }),
  });
}

export function staffChoice({ selected = "", empty } = {}) {
  return element("select", {
    children: [
      empty !== undefined && option("", empty),
      ...staff.map((one) => option(one.account, one.name, one.account === selected)),
    ],
  });
}

export function askAssignee({ title, selected = "" }) {
  const choice = staffChoice({ selected, empty: "请选择…" });
  choice.required = true;
  const note = element("textarea", { attributes: { rows: 2, maxlength: 1000 } });
  return ask({
    title, confirm: "分配",
    content: [
      element("label", { className: "field", children: [element("span", { text: "分配给" }), choice] }),
      element("label", { className: "field", children: [element("span", { text: "说明（可不填）" }), note] }),
    ],
    read: () => ({ assignee: choice.value, note: note.value.trim() }),
  });
}
