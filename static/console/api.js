// Our own API, by the session. Every failure is a `Refused` whose message can be shown.

export class Refused extends Error {
  constructor(status, body, words) {
    const errors = body?.errors ?? [];
    super(words ?? (errors.map((error) => error.detail).join("；") || `请求失败（${status}）`));
    this.status = status;
    this.errors = errors;
    this.code = errors[0]?.code ?? "";
    this.body = body ?? {};
  }

  get isConflict() { return this.code === "version_conflict"; }

  // The words about each field: `{title: "…"}`.
  get byField() {
    return Object.fromEntries(this.errors.filter((error) => error.attr).map((error) => [error.attr, error.detail]));
  }
}

const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

export async function call(path, { method = "GET", body, form, signal, once } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrf();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (once) headers["Idempotency-Key"] = once;
  let response;
  try {
    response = await fetch(path, {
      method, headers, signal, credentials: "same-origin",
      body: form ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, null, "网络不通，请稍后再试");
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  const refused = new Refused(response.status, answer, wordsFor(response));
  refused.retryAfter = Number(response.headers.get("Retry-After")) || 0;
  throw refused;
}

function wordsFor(response) {
  if (response.status === 401) return "登录已过期，请刷新页面重新登录";
  if (response.status >= 500) return `服务暂时不可用（${response.status}）`;
  if (response.status === 413) return "内容太大";
  return undefined;
}

export const post = (path, body, options = {}) => call(path, { method: "POST", body: body ?? {}, ...options });
export const patch = (path, body) => call(path, { method: "PATCH", body });
export const remove = (path, body) => call(path, { method: "DELETE", body });

// Parameters as the lists take them: empty ones are left out, several of one name repeated.
export function query(values) {
  const made = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== "" && one !== null && one !== undefined && one !== false) made.append(name, one);
    }
  }
  return made.toString();
}

// A key for one act: the same key sent twice is one act.
export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;

// What a part of the page needs, or null when this system has no such call.
export async function available(path) {
  try {
    return await call(path);
  } catch (error) {
    if (error.status === 404 || error.status === 405) return null;
    throw error;
  }
}
