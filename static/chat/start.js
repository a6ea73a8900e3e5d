// The forms that say who somebody is: to start, and to bind a phone in the chat.
import { say, showErrors } from "../tickets/sending.js";

document.querySelectorAll("[data-start]").forEach(begin);

async function post(form, act) {
  const data = new FormData(form);
  data.set("act", act);
  const response = await fetch(form.action, {
    method: "POST", body: data, headers: { Accept: "application/json" },
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok && !body.errors && !body.error) body.error = "暂时无法处理，请刷新页面后再试";
  return { ok: response.ok, body };
}

function begin(form) {
  const code = form.querySelector("[data-send-code]");
  const hint = form.querySelector("[data-code-hint]");
  const submit = form.querySelector("[data-submit]");
  const phone = form.querySelector("#phone");
  const words = code.textContent;
  // Enter goes on; it does not ask for another code.
  code.type = "button";

  const countDown = (seconds) => {
    const end = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      code.disabled = left > 0;
      code.textContent = left > 0 ? `${left} 秒后重发` : words;
      if (left > 0) setTimeout(tick, 250);
    };
    tick();
  };

  code.addEventListener("click", async () => {
    code.disabled = true;
    hint.textContent = "";
    try {
      const { ok, body } = await post(form, "code");
      showErrors(form, body);
      if (ok) {
        hint.textContent = body.detail;
        form.querySelector("#code").focus();
      }
      if (body.wait) { countDown(body.wait); return; }
    } catch {
      say("网络不通，请稍后再试");
    }
    code.disabled = false;
  });

  const nameButton = () => {
    if (submit.dataset.guest) submit.textContent = phone.value.trim() ? submit.dataset.known : submit.dataset.guest;
  };
  phone.addEventListener("input", nameButton);
  nameButton();

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    try {
      const { ok, body } = await post(form, "start");
      if (ok) { location.assign(body.url); return; }
      showErrors(form, body);
    } catch {
      say("网络不通，请稍后再试");
    }
    submit.disabled = false;
  });
  addEventListener("pageshow", () => { submit.disabled = false; });
}
