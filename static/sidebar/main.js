// The sidebar: finds out whom the chat is with, shows what we know of them, and offers quick acts.

import { byId } from "../console/dom.js";
import { call, post, query } from "../console/api.js";
import { currentCustomer } from "./sdk.js";
import { showCustomer } from "./sections.js";

const READ_WAIT = 1500;
const READ_TRIES = 8;
let externalUserid = "";

function say(text, act) {
  const state = byId("state");
  state.replaceChildren(text);
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = act.label;
    button.addEventListener("click", act.run);
    state.append(button);
  }
  state.hidden = !text;
}

async function load() {
  try {
    const data = await call(`/api/wechat/sidebar-data?${query({ external_userid: externalUserid })}`);
    say("");
    byId("found").hidden = false;
    showCustomer(byId("found"), data, load);
    return true;
  } catch (error) {
    byId("found").hidden = true;
    if (error.status !== 404) {
      say(error.message, { label: "重试", run: load });
      return false;
    }
    say("还没有这位客户的资料，或不在您的客户范围内。", { label: "从企业微信读取", run: read });
    return false;
  }
}

// The contact is read by a job; we look again until it is there.
async function read() {
  try {
    await post("/api/wechat/sidebar-read", { external_userid: externalUserid });
  } catch (error) {
    say(error.message, { label: "重试", run: read });
    return;
  }
  for (let tries = 0; tries < READ_TRIES; tries += 1) {
    say("正在读取…");
    await new Promise((done) => setTimeout(done, READ_WAIT));
    if (await load()) return;
  }
}

async function start() {
  externalUserid = new URLSearchParams(location.search).get("external_userid") ?? "";
  try {
    externalUserid ||= await currentCustomer();
  } catch (error) {
    say(error.message, { label: "重试", run: () => location.reload() });
    return;
  }
  if (externalUserid) await load();
  else say("请在企业微信中打开与客户的聊天，再从聊天工具栏进入侧边栏。");
}

start();
