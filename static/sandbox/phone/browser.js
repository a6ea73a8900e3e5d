// WeChat's browser: a page over the conversation, and the text messages that arrive meanwhile.

import { fetchOutbox } from "../api.js";
import { byId } from "../dom.js";

const frame = byId("browser-page");
const SMS_SHOWN_MS = 20_000;
let smsSince = null;
let smsGoes;

export function setUpBrowser() {
  byId("browser-close").addEventListener("click", close);
  frame.addEventListener("load", () => {
    try {
      lendBridge();
      byId("browser-title").textContent = frame.contentDocument.title || frame.contentWindow.location.pathname;
    } catch {
      byId("browser-title").textContent = "外部网页";
    }
  });
}

export function open(address) {
  if (new URL(address).origin !== location.origin) {
    window.open(address, "_blank", "noopener");
    return;
  }
  newestSms().then((row) => { smsSince = row?.id ?? 0; });
  byId("browser").hidden = false;
  byId("browser-out").href = address;
  frame.src = address;
  byId("browser-close").focus();
}

// What WeChat's browser gives a page: here, that it can be closed.
function lendBridge() {
  const { contentWindow: page, contentDocument: document } = frame;
  page.WeixinJSBridge = { call: (name) => { if (name === "closeWindow") close(); } };
  document.dispatchEvent(new page.Event("WeixinJSBridgeReady"));
}

async function newestSms() {
  return (await fetchOutbox(0, "SMS")).list.at(-1);
}

// A code is read where it is wanted: over the page that has sent it, or in the talk that asks for it.
export async function refreshSms() {
  const row = await newestSms();
  if (smsSince === null) smsSince = row?.id ?? 0;
  if (!row || row.id <= smsSince) return;
  smsSince = row.id;
  if (byId("browser").hidden && !wasTyped(row.to)) return;
  byId("sms").textContent = `短信 ${row.to}：${wordsOf(row.payload)}`;
  byId("sms").hidden = false;
  clearTimeout(smsGoes);
  smsGoes = setTimeout(() => { byId("sms").hidden = true; }, SMS_SHOWN_MS);
}

// The sandbox has many customers and one outbox: theirs is the number that was typed in this talk.
function wasTyped(number) {
  const digits = number.replace(/\D/g, "").slice(-11);
  return [...document.querySelectorAll("#talk .line-mine")].some(({ textContent }) => textContent.replace(/\D/g, "").includes(digits));
}

// Providers are told a template and its parameters: a code is all that a person wants of them.
function wordsOf(payload) {
  const text = JSON.stringify(payload).replaceAll("\\", "");
  const code = /"(\d{4,8})"/.exec(text);
  return code ? `验证码 ${code[1]}，请勿告诉他人` : text.slice(0, 120);
}

function close() {
  byId("browser").hidden = byId("sms").hidden = true;
  frame.src = "about:blank";
}
