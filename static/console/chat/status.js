// Whether new chats come to me. A command or a long absence changes it too: nobody shall believe to
// be online who is not.

import { available, post } from "../api.js";
import { byId } from "../dom.js";
import { complain, toast } from "../frame.js";

const PATH = "/api/customer-service/status";
const EVERY = 60_000;
const label = byId("presence");
const choice = label.querySelector("select");

// One after the other: of two quick choices the later one counts.
let setting = Promise.resolve();
function set(status) {
  setting = setting.then(() => post(PATH, { status })).then((now) => {
    show(now);
    toast(now.status === "online" ? "您已在线，新会话会自动接入" : "状态已更新");
  }).catch(complain);
}

export async function setUpStatus() {
  choice.addEventListener("change", () => set(choice.value));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  setInterval(look, EVERY);
  await look();
}

export async function look() {
  const now = await available(PATH).catch(() => null);
  if (now && document.activeElement !== choice) show(now);
}

export function show(now) {
  choice.value = now.status;
  label.dataset.status = now.status;
  label.hidden = false;
  const load = byId("load");
  load.hidden = false;
  load.textContent = `接待 ${now.load}/${now.limit}`;
}

export function showStatus(status) {
  choice.value = status;
  label.dataset.status = status;
}
