// Choosing the customer: by name or number among those one may see, or a new one.

import { call, query } from "../api.js";
import { button, element, whenQuiet } from "../dom.js";

let number = 0;

export function customerPicker() {
  const id = `customers-${number += 1}`;
  let chosen = null;
  const words = element("input", {
    attributes: {
      type: "search", autocomplete: "off", placeholder: "姓名、手机号或公司", maxlength: 100,
      role: "combobox", "aria-expanded": "false", "aria-controls": id,
    },
  });
  const list = element("div", { className: "picker-list", attributes: { id, role: "listbox", "aria-label": "找到的客户", hidden: true } });
  const phone = element("input", { attributes: { type: "tel", maxlength: 40, placeholder: "手机号（可不填）" } });
  const phoneField = element("label", { className: "field", attributes: { hidden: true }, children: [element("span", { text: "新客户的手机号" }), phone] });
  const picked = element("p", { className: "picker-picked", attributes: { hidden: true } });

  const close = () => { list.hidden = true; words.setAttribute("aria-expanded", "false"); };

  function pick(customer) {
    chosen = customer;
    close();
    phoneField.hidden = customer !== null;
    picked.replaceChildren(
      customer ? `${customer.name}${customer.company ? ` · ${customer.company}` : ""}${customer.phone ? ` · ${customer.phone}` : ""}` : `新客户「${words.value.trim()}」`,
      button("更换", () => { chosen = undefined; picked.hidden = true; phoneField.hidden = true; words.hidden = false; words.focus(); }, { className: "quiet" }),
    );
    picked.hidden = false;
    words.hidden = true;
    (customer ? picked.querySelector("button") : phone).focus();
  }
  chosen = undefined;

  async function look() {
    const keyword = words.value.trim();
    if (!keyword) { close(); return; }
    const answer = await call(`/api/v1/customers?${query({ keyword, size: 8 })}`).catch(() => ({ list: [] }));
    if (words.value.trim() !== keyword) return;
    list.replaceChildren(
      ...answer.list.map((customer) => button(customer.name, () => pick(customer), {
        className: "picker-one", attributes: { role: "option" },
        children: [element("span", { className: "choice-hint", text: [customer.company, customer.phone].filter(Boolean).join(" · ") })],
      })),
      button(`＋ 新客户「${keyword}」`, () => pick(null), { className: "picker-one picker-new", attributes: { role: "option" } }),
    );
    list.hidden = false;
    words.setAttribute("aria-expanded", "true");
  }

  const lookSoon = whenQuiet(look, 250);
  words.addEventListener("input", lookSoon);
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); look(); }
    if (event.key === "ArrowDown" && !list.hidden) { event.preventDefault(); list.querySelector("button")?.focus(); }
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
  });
  list.addEventListener("keydown", (event) => {
    const next = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!next) return;
    event.preventDefault();
    (document.activeElement[next] ?? words).focus();
  });

  return {
    node: element("div", {
      className: "picker",
      attributes: { "data-field": "customer" },
      children: [
        element("label", { className: "field", children: [element("span", { text: "客户" }), words, picked] }),
        list, phoneField,
        element("span", { className: "field-error", attributes: { role: "alert" } }),
      ],
    }),
    value() {
      if (chosen) return { customer_id: chosen.id };
      const name = words.value.trim();
      return name ? { customer_name: name, phone: phone.value.trim() } : {};
    },
  };
}
