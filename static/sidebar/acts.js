// Quick acts: a sheet from below with a few fields, one call, and a word that it is done.

import { byId, element, option } from "../console/dom.js";
import { newKey, post, remove } from "../console/api.js";
import { fromLocalInput } from "../console/time.js";
import { maySpeak, speak } from "./sdk.js";

const facts = JSON.parse(byId("page-facts").textContent);
const sheet = byId("sheet");
let submit = null;
let toastTimer;

function toast(text) {
  const node = byId("toast");
  node.textContent = text;
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, 3000);
}

function field(label, control) {
  control.id ||= `field-${label}`;
  return element("p", {
    className: "field",
    children: [element("label", { text: label, attributes: { for: control.id } }), control],
  });
}

const area = (rows) => element("textarea", { attributes: { rows, maxlength: 2000 } });

// `send` makes the call and answers with what is said afterwards.
function open(title, done, children, send) {
  byId("sheet-title").textContent = title;
  byId("sheet-done").textContent = done;
  byId("sheet-body").replaceChildren(...children);
  fail("");
  submit = send;
  sheet.showModal();
  byId("sheet-body").querySelector("input, textarea, select")?.focus();
}

function fail(text) {
  byId("sheet-error").textContent = text;
  byId("sheet-error").hidden = !text;
}

byId("sheet-close").addEventListener("click", () => sheet.close());
byId("sheet-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("sheet-done").disabled = true;
  try {
    toast(await submit());
    sheet.close();
  } catch (error) {
    fail(error.message);
  } finally {
    byId("sheet-done").disabled = false;
  }
});

export async function removeTag(customer, tag, reload) {
  try {
    await remove(`/api/v1/customers/${customer.id}/tags/${tag.id}`);
    await reload();
  } catch (error) {
    toast(error.message);
  }
}

export function startAct(act, data, reload) {
  ACTS[act.code](act, data.customer, reload, data);
}

const ACTS = {
  tag(act, customer, reload, data) {
    const carried = new Set(data.tags.map((tag) => tag.id));
    const boxes = act.choices.filter((one) => !carried.has(one.id)).map((one) => {
      const box = element("input", { attributes: { type: "checkbox", value: one.id } });
      const name = one.group ? `${one.group} · ${one.name}` : one.name;
      return element("label", { className: "choice", children: [box, name] });
    });
    const none = element("p", { className: "quiet", text: "没有更多标签" });
    open("打标签", "保存", boxes.length ? boxes : [none], async () => {
      const chosen = [...byId("sheet-body").querySelectorAll("input:checked")].map((box) => Number(box.value));
      if (!chosen.length) throw new Error("请选择标签");
      await post(act.url, { tag_ids: chosen });
      await reload();
      return "标签已添加";
    });
  },

  follow_up(act, customer, reload) {
    const content = area(4);
    const next = element("input", { attributes: { type: "datetime-local" } });
    const once = newKey();
    open("写跟进", "保存", [field("跟进内容", content), field("下次跟进（选填）", next)], async () => {
      if (!content.value.trim()) throw new Error("请填写跟进内容");
      const body = { content: content.value.trim() };
      if (next.value) body.next_at = fromLocalInput(next.value);
      await post(act.url, body, { once });
      await reload();
      return "跟进已记录";
    });
  },

  ticket(act, customer, reload) {
    const title = element("input", { attributes: { type: "text", maxlength: 200 } });
    const description = area(4);
    const priority = element("select", {
      children: facts.priorities.map((one) => option(one.value, one.label, one.value === "normal")),
    });
    const once = newKey();
    const fields = [field("标题", title), field("问题描述", description), field("优先级", priority)];
    open("建工单", "创建", fields, async () => {
      if (!title.value.trim()) throw new Error("请填写标题");
      const made = await post(act.url, {
        customer_id: customer.id, title: title.value.trim(),
        description: description.value.trim() || title.value.trim(), priority: priority.value,
      }, { once });
      await reload();
      return `工单 #${made.id} 已创建`;
    });
  },

  template(act, customer) {
    if (!act.choices.length) {
      toast("没有可以发给这位客户的模板");
      return;
    }
    const choice = element("select", { children: act.choices.map((one) => option(one.id, `${one.name}（${one.channel_name}）`)) });
    const blanks = element("div");
    const shown = element("p", { className: "preview" });
    const once = newKey();
    const template = () => act.choices.find((one) => one.id === Number(choice.value));
    const given = () => Object.fromEntries([...blanks.querySelectorAll("input")].map((input) => [input.name, input.value.trim()]));
    const words = () => template().body.replace(/\{\{\s*([^\s}]+)\s*\}\}/g, (whole, name) => given()[name] || whole);
    const show = () => { shown.textContent = words(); };
    const ask = () => {
      const known = { name: customer.name, customer: customer.name, customer_name: customer.name, company: customer.company };
      blanks.replaceChildren(...template().variables.map((name) => {
        const input = element("input", { attributes: { type: "text", name, maxlength: 200, value: known[name] ?? "" }, on: { input: show } });
        return field(name, input);
      }));
      show();
    };
    choice.addEventListener("change", ask);
    ask();
    const parts = [field("模板", choice), blanks, shown];
    if (maySpeak()) parts.push(element("button", {
      className: "link", text: "填入聊天输入框", attributes: { type: "button" },
      on: { click: async () => { try { await speak(words()); sheet.close(); } catch (error) { fail(error.message); } } },
    }));
    open("发模板", "发送", parts, async () => {
      const left = template().variables.filter((name) => !given()[name]);
      if (left.length) throw new Error(`请填写 ${left.join("、")}`);
      await post(act.url, { customer_id: customer.id, template_id: template().id, variables: nested(given()) }, { once });
      return "已发送";
    });
  },
};

// `{"ticket.id": "7"}` is `{ticket: {id: "7"}}`.
function nested(flat) {
  const made = {};
  for (const [name, value] of Object.entries(flat)) {
    const path = name.split(".");
    const last = path.pop();
    let at = made;
    for (const part of path) at = at[part] ??= {};
    at[last] = value;
  }
  return made;
}
