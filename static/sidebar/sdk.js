// WeCom's JS-SDK: whom the chat beside us is with. Every failure is an Error whose message can be shown.

import { call, query } from "../console/api.js";

const WAIT = 1000;
const TRIES = 8;
const JS_API = ["getContext", "getCurExternalContact", "getCurExternalChat", "sendChatMessage"];
let isReady = false;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// The server fetches tickets in the background when it has none; a moment later they are there.
async function signature() {
  const url = location.href.split("#")[0];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { js_sdk: signed } = await call(`/api/wechat/js-sdk?${query({ url })}`);
    if (signed) return signed;
    await pause(WAIT);
  }
  throw new Error("暂时取不到企业微信的签名，请稍后重试");
}

function config(signed) {
  return new Promise((done, fail) => {
    window.wx.ready(done);
    window.wx.error((answer) => fail(new Error(`企业微信拒绝了页面签名：${answer.errMsg}`)));
    window.wx.config({
      beta: true, debug: false, appId: signed.corp_id, timestamp: signed.timestamp,
      nonceStr: signed.nonce_str, signature: signed.config_signature, jsApiList: JS_API,
    });
  });
}

function agentConfig(signed) {
  return new Promise((done, fail) => {
    window.wx.agentConfig({
      corpid: signed.corp_id, agentid: signed.agent_id, timestamp: signed.timestamp,
      nonceStr: signed.nonce_str, signature: signed.agent_signature, jsApiList: JS_API,
      success: done, fail: (answer) => fail(new Error(`企业微信拒绝了应用签名：${answer.errMsg}`)),
    });
  });
}

const invoke = (name, given = {}) =>
  new Promise((done, fail) => {
    window.wx.invoke(name, given, (answer) => {
      if (answer.err_msg === `${name}:ok`) done(answer);
      else fail(new Error(answer.err_msg));
    });
  });

// The id of the customer whose chat is open; empty outside a customer's chat.
export async function currentCustomer() {
  if (!window.wx) return "";
  const signed = await signature();
  await config(signed);
  await agentConfig(signed);
  isReady = true;
  try {
    return (await invoke("getCurExternalContact")).userId ?? "";
  } catch {
    return "";
  }
}

export const maySpeak = () => isReady;

// Puts words into the chat's composer; the member sends them.
export const speak = (content) =>
  invoke("sendChatMessage", { msgtype: "text", enterChat: true, text: { content } });
