// A new ticket: for whom, what, and whether somebody has already solved it.

import { available, call, newKey, post, query } from "../api.js";
import { ask } from "../dialog.js";
import { element, option, whenQuiet } from "../dom.js";
import { customInputs, readCustom } from "../custom_fields.js";
import { toast } from "../frame.js";
import { priorities, stateLabel } from "../page.js";
import { fromLocalInput } from "../time.js";
import { customerPicker } from "./customer_picker.js";

const field = (label, input, name) => element("label", {
  className: "field",
  attributes: { "data-field": name },
  children: [element("span", { text: label }), input, element("span", { className: "field-error", attributes: { role: "alert" } })],
});

export async function openNewTicket(onMade) {
  const custom = await available("/api/custom-fields").catch(() => null);
  const picker = customerPicker();
  const description = element("textarea", { attributes: { rows: 5, maxlength: 10000, required: true } });
  const title = element("input", { attributes: { maxlength: 200, placeholder: "不填则取描述的第一行" } });
  const product = element("input", { attributes: { maxlength: 100, list: "products" } });
  const priority = element("select", { children: priorities.map((one) => option(one.value, one.label, one.value === "normal")) });
  const deadline = element("input", { attributes: { type: "datetime-local" } });
  const similar = element("div", { className: "similar", attributes: { "aria-live": "polite", hidden: true } });
  const fields = customInputs(custom ?? [], {});
  const lookSoon = whenQuiet(() => lookForSimilar(description.value, product.value, similar), 500);
  for (const input of [description, product]) input.addEventListener("input", lookSoon);

  const once = newKey();
  let form = null;
  const made = await ask({
    title: "新建工单",
    confirm: "创建",
    isWide: true,
    content: [
      form = element("div", {
        className: "new-ticket",
        children: [
          picker.node,
          field("问题描述", description, "description"),
          similar,
          field("标题", title, "title"),
          element("div", {
            className: "field-row",
            children: [field("产品/项目", product, "product"), field("优先级", priority, "priority"), field("处理期限（可不填）", deadline, "deadline")],
          }),
          ...fields.map(({ node }) => node),
        ],
      }),
    ],
    read: async () => {
      clearErrors(form);
      const body = {
        ...picker.value(), description: description.value, title: title.value.trim(),
        product: product.value.trim(), priority: priority.value, deadline: fromLocalInput(deadline.value),
      };
      if (fields.length) body.custom_fields = readCustom(fields);
      try {
        return await post("/api/tickets", body, { once: `${once}-${JSON.stringify(body).length}-${hash(JSON.stringify(body))}` });
      } catch (error) {
        showErrors(form, error);
        throw error;
      }
    },
  });
  if (!made) return;
  toast(`已创建工单 #${made.id}`, { act: () => location.assign(`/console/tickets/${made.id}`), actLabel: "打开" });
  onMade(made);
}

// The same form sent twice is one ticket; a corrected one is another request.
const hash = (text) => Array.from(text).reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 2147483647, 7);

function clearErrors(form) {
  for (const node of form.querySelectorAll(".field-error")) node.textContent = "";
}

function showErrors(form, error) {
  for (const [name, words] of Object.entries(error.byField ?? {})) {
    const place = form.querySelector(`[data-field="${CSS.escape(name)}"]`) ?? form.querySelector(`[data-field="customer"]`);
    const note = place?.querySelector(".field-error");
    if (note) note.textContent = words;
    place?.querySelector("input, textarea, select")?.focus();
  }
}

async function lookForSimilar(text, product, box) {
  if (text.trim().length < 4) { box.hidden = true; return; }
  const found = await call(`/api/tickets/similar?${query({ text: text.slice(0, 2000), product })}`).catch(() => []);
  box.hidden = !found.length;
  box.replaceChildren(
    element("p", { className: "similar-head", text: "可能是同一个问题：" }),
    element("ul", {
      children: found.slice(0, 4).map((one) => element("li", {
        children: [
          element("a", { text: `#${one.id} ${one.title}`, attributes: { href: `/console/tickets/${one.id}`, target: "_blank" } }),
          element("span", { className: `badge badge-${one.status}`, text: stateLabel(one.status) }),
          one.resolution && element("p", { className: "similar-resolution", text: `处理结果：${one.resolution}` }),
        ],
      })),
    }),
  );
}
