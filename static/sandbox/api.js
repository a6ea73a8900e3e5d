// The sandbox's own API. Every failure is an Error whose message can be shown.

const BASE = "/sandbox/api";

export async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(BASE + path, options);
  } catch {
    throw new Error("连接已断开");
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (response.status >= 500) throw new Error(`服务暂时不可用（${response.status}）`);
  if (!response.ok) throw new Error(body?.errors?.[0]?.detail ?? `请求失败（${response.status}）`);
  return body;
}

export function post(path, body) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

const chatPath = (chatId) => `/chats/${encodeURIComponent(chatId)}/messages`;
const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

export const fetchChats = () => call("/chats");
export const fetchMessages = (chatId, { since, cursor }) =>
  call(`${chatPath(chatId)}?${query({ since, changed_after: cursor })}`);
export const fetchEarlier = (chatId, before) => call(`${chatPath(chatId)}?${query({ before })}`);
export const sendMessage = (chatId, message) => post(chatPath(chatId), message);
export const fetchOutbox = (since, channel = "") => call(`/outbox?${query({ since, channel, limit: since ? 1000 : 100 })}`);
export const clearOutbox = () => call("/outbox", { method: "DELETE" });
export const fetchFaults = () => call("/faults");
export const orderFault = (fault) => post("/faults", fault);
export const fetchContacts = (wanted) => call(`/contacts?${query(wanted)}`);
export const fetchCompany = () => call("/contacts/company");
export const actOnContacts = (act) => post("/contacts", act);
export const resetContacts = () => call("/contacts", { method: "DELETE" });

export function uploadPicture(file) {
  const body = new FormData();
  body.append("picture", file);
  return call("/official/pictures", { method: "POST", body });
}
