// The switch that makes the platform misbehave, and which faults stand.

import { fetchFaults, orderFault } from "./api.js";
import { byId, element } from "./dom.js";
import { CHANNELS } from "./inspector.js";

const form = byId("fault-form");
const state = byId("fault-state");

export function setUpFaults() {
  form.elements.mode.addEventListener("change", showFields);
  form.elements.channel.addEventListener("change", showModes);
  form.addEventListener("submit", (event) => { event.preventDefault(); order(wanted()); });
  showModes();
  fetchFaults().then(show, failed);
}

// What may happen to our calls of the company is not what may happen to its calls of us.
function showModes() {
  const { channel, mode } = form.elements;
  const fits = (option) => (option.dataset.of === "CALLBACK") === (channel.value === "CALLBACK");
  for (const option of mode.options) option.hidden = option.disabled = !fits(option);
  if (mode.selectedOptions[0].hidden) mode.value = [...mode.options].find(fits).value;
  showFields();
}

function showFields() {
  for (const field of form.querySelectorAll("[data-mode]")) {
    field.hidden = !field.dataset.mode.split(" ").includes(form.elements.mode.value);
  }
}

function wanted() {
  const { channel, mode, errcode, count, seconds, delivered } = form.elements;
  const fault = { channel: channel.value, mode: mode.value };
  if (count.value) fault.count = count.valueAsNumber;
  if (mode.value === "errcode") fault.errcode = codeOf(errcode.value.trim());
  if (mode.value === "late") fault.seconds = seconds.valueAsNumber;
  if (mode.value === "timeout") Object.assign(fault, { seconds: seconds.valueAsNumber, delivered: delivered.checked });
  return fault;
}

// SMS providers' codes are words.
function codeOf(text) {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

async function order(fault) {
  try {
    show(await orderFault(fault));
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  state.replaceChildren(element("p", { className: "fault-error", text: error.message }));
}

function describe({ channel, mode, errcode, remaining, seconds, delivered }) {
  const what = {
    http_500: "HTTP 500",
    rate_limited: "限流 45009",
    errcode: `错误码 ${errcode}`,
    double: "重复两次",
    late: `迟到 ${seconds} 秒`,
    lost: "丢失",
    timeout: `${seconds} 秒后才回 504（${delivered ? "其实已送达" : "没有送达"}）`,
  };
  const count = remaining === null ? "" : `，还剩 ${remaining} 次`;
  return `${CHANNELS[channel] ?? channel}：${what[mode]}${count}`;
}

function show({ list }) {
  byId("fault-count").textContent = list.length ? `${list.length} 个渠道异常` : "各渠道正常";
  byId("fault-count").classList.toggle("fault-on", list.length > 0);
  state.replaceChildren(...list.map((fault) => element("p", { className: "fault-line", children: [
    element("span", { text: describe(fault) }),
    element("button", {
      className: "quiet", text: "恢复", attributes: { type: "button" },
      on: { click: () => order({ channel: fault.channel, mode: "ok" }) },
    }),
  ] })));
}

export async function refreshFaults() {
  if (byId("faults").open || byId("fault-count").classList.contains("fault-on")) show(await fetchFaults());
}
