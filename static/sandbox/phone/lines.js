// The two conversations of a phone behind one face: who there is, what was said, what one may do.

import { call, post } from "../api.js";

const query = (values) => new URLSearchParams(values).toString();

// A bubble is {id, mine, kind, text, way, at, note, state, url}; kinds: text, image, template, event, platform.

export const official = {
  title: "售后服务号",
  async people() {
    const { list } = await call("/official");
    return list.map((one) => ({ id: one.openid, name: one.name || `微信用户 ${one.openid.slice(-4)}`, isIn: one.is_following }));
  },
  // Nobody follows before somebody taps 关注; this one only has a name.
  newcomer: async (name) => ({ id: `o${crypto.randomUUID().replaceAll("-", "")}`.slice(0, 28), name, isIn: false }),
  enter: (who, scene) => act(who, "follow", { name: who.name, ...(scene ? { scene } : {}) }),
  say: (who, content) => act(who, "say", { content }),
  act,
  async read(who, since, cursor) {
    const asked = query({ since, ...(cursor ? { changed_after: cursor } : {}) });
    const { list, changed, cursor: next } = await call(`/chats/mp:${who.id}/messages?${asked}`);
    return { list: list.map(officialBubble), changed: changed.map(officialBubble), cursor: next };
  },
};

const choice = (name) => document.getElementById(name).value;

async function act(who, name, fields = {}) {
  await strike();
  return post("/official", {
    act: name, openid: who.id, mode: choice("mode"), format: choice("format"), wait: false, ...fields,
  });
}

// The fault chosen for the next callback, once.
async function strike() {
  const select = document.getElementById("fault");
  if (!select.value) return;
  await post("/faults", { channel: "CALLBACK", mode: select.value, count: 1, seconds: 4 });
  select.value = "";
}

const OFFICIAL_WORDS = {
  text: (part) => part.content,
  event: (part) => part.content,
  voice: (part) => `🎤 ${part.recognition || "语音"}`,
  video: () => "▶ 视频",
  shortvideo: () => "▶ 小视频",
  location: (part) => `📍 ${part.label}`,
  link: (part) => `🔗 ${part.title}\n${part.url}`,
  template: (part) => part.content,
};

function officialBubble(row) {
  const part = row.content[row.kind] ?? {};
  const way = row.content.way ?? "";
  let kind = ["image", "template", "event"].includes(row.kind) ? row.kind : "text";
  if (way === "platform") kind = "platform";
  return {
    id: row.id, mine: row.sender !== "official", kind, way, at: row.created_at,
    text: OFFICIAL_WORDS[row.kind]?.(part) ?? part.content ?? `[${row.kind}]`,
    url: part.url ?? part.pic_url ?? part.PicUrl ?? "",
    state: row.callback_state, note: row.callback_note,
  };
}

export const kf = {
  title: "售后客服",
  async people() {
    const { accounts, sessions } = await call("/kf");
    const account = accounts[0].open_kfid;
    return sessions.filter((one) => one.open_kfid === account).map((one) => ({
      id: one.external_userid, name: one.name || one.external_userid.slice(-6), isIn: true, account, state: one.state,
    }));
  },
  async newcomer(name) {
    const { external_userid: id } = await kfAct("customer_enters", { name });
    return { id, name, isIn: true };
  },
  say: (who, content) => kfAct("customer_says", { external_userid: who.id, content }),
  act: (who, name, fields) => kfAct(name, { external_userid: who.id, ...fields }),
  async read(who, since) {
    const account = who.account ?? (await call("/kf")).accounts[0].open_kfid;
    const { list } = await call(`/kf/messages?${query({ open_kfid: account, external_userid: who.id, since })}`);
    return { list: list.map(kfBubble), changed: [], cursor: "" };
  },
};

async function kfAct(name, fields) {
  await strike();
  return post("/kf", { act: name, ...fields });
}

const KF_WAYS = { api: "客服", servicer: "接待人员", system: "" };

function kfBubble(row) {
  const part = row[row.msgtype] ?? {};
  const isEvent = row.from === "system";
  return {
    id: row.id, mine: row.from === "customer", kind: isEvent ? "event" : "text", at: row.send_time,
    way: KF_WAYS[row.from] ?? "", state: "", note: "", url: part.url ?? "",
    text: row.recalled ? "撤回了一条消息" : kfWords(row, part, isEvent),
  };
}

const KF_EVENTS = { enter_session: "进入会话", session_status_change: "会话状态变化", servicer_status_change: "接待人员状态变化", msg_send_fail: "消息发送失败", user_recall_msg: "撤回了一条消息" };

function kfWords(row, part, isEvent) {
  if (isEvent) return KF_EVENTS[part.event_type] ?? part.event_type ?? row.msgtype;
  if (row.msgtype === "msgmenu") return [part.head_content, ...(part.list ?? []).map((one) => `· ${one.click?.content ?? one.text?.content ?? ""}`), part.tail_content].filter(Boolean).join("\n");
  return part.content ?? part.title ?? `[${row.msgtype}]`;
}
