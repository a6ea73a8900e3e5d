// Sends a form without leaving the page, so that what was chosen survives a refusal.

function send(form, data, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action") || window.location.href);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(Math.round((100 * event.loaded) / event.total));
    });
    request.addEventListener("load", () => resolve({ status: request.status, body: request.response || {} }));
    request.addEventListener("error", () => reject(new Error("network")));
    request.send(data);
  });
}

export function showErrors(form, body) {
  const errors = body.errors || {};
  form.querySelectorAll("[data-error]").forEach((place) => {
    const text = errors[place.dataset.error] || "";
    place.textContent = text;
    const field = form.querySelector(`[name="${place.dataset.error}"]`);
    if (field && text) field.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  });
  say(body.error || "");
  const first = form.querySelector('[aria-invalid="true"]');
  if (first) first.focus();
}

// What is being put right is wrong no longer.
document.addEventListener("input", ({ target }) => {
  const place = target.form?.querySelector(`[data-error="${target.name}"]`);
  if (!place || target.type === "file") return;
  place.textContent = "";
  target.removeAttribute("aria-invalid");
});

export function say(text) {
  const banner = document.querySelector("[data-banner]");
  if (!banner) return;
  banner.textContent = text;
  banner.hidden = !text;
  if (text) banner.scrollIntoView({ block: "center" });
}

// A plain form, sent once.
export function onlyOnce(form) {
  form.addEventListener("submit", () => {
    const button = form.querySelector('button[type="submit"]');
    window.setTimeout(() => {
      button.disabled = true;
    }, 0);
  });
  // Coming back by the browser's button, the form is usable again.
  window.addEventListener("pageshow", () => {
    form.querySelectorAll("button").forEach((button) => {
      button.disabled = false;
    });
  });
}

// A form with files: with progress, and its refusals beside the fields.
export function sendInPlace(form, onRefused) {
  const button = form.querySelector("[data-submit]");
  const bar = form.querySelector("[data-progress]");
  const words = button.textContent;
  let isSending = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    button.disabled = true;
    button.textContent = "正在发送…";
    bar.hidden = !form.querySelector('input[type="file"]').files.length;
    try {
      const answer = await send(form, new FormData(form), (percent) => {
        bar.value = percent;
      });
      if (answer.status < 300 && answer.body.url) {
        window.location.assign(answer.body.url);
        return;
      }
      if (!onRefused?.(answer)) showErrors(form, withWords(answer));
    } catch {
      say("网络不通，内容已保留，请稍后再试");
    }
    isSending = false;
    button.disabled = false;
    button.textContent = words;
    bar.hidden = true;
  });
}

// What comes without words of ours: a proxy's refusal, an error of the server.
function withWords({ status, body }) {
  if (body.errors && !Array.isArray(body.errors)) return body;
  if (status === 413) return { error: "图片太大，请减少或压缩后再试" };
  return { error: "提交失败，请稍后再试" };
}
