// Live figures of batches: the page is right as the server drew it, this keeps it so.

const STATES = {
  scheduled: "定时",
  queued: "排队中",
  sending: "发送中",
  paused: "已暂停",
  finished: "已完成",
  cancelled: "已取消",
};
const ENDED = ["finished", "cancelled"];
// The server closes with these when it will not tell: logged out, not allowed, no such batch.
const REFUSED = [4401, 4403, 4404];
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const TROUBLE_WAIT = 3000;

const link = document.querySelector("[data-link]");
const zone = document.querySelector("[data-zone]")?.dataset.zone;

for (const bar of document.querySelectorAll("[data-figure=bar]")) {
  // The batch's own page goes on after the end: a retry may set it going again.
  const stays = Boolean(bar.closest("[data-stay]"));
  if (bar.dataset.live || stays) watch(bar.dataset.batch, stays);
}
confirmActs();

function watch(batch, stays) {
  let wait = FIRST_WAIT;
  let seen = 0;
  const address = new URL(`/ws/batches/${encodeURIComponent(batch)}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";

  function connect() {
    const socket = new WebSocket(address);
    seen = 0;
    socket.addEventListener("message", (event) => {
      const frame = JSON.parse(event.data);
      if (frame.type !== "batch.progress" || frame.seq <= seen) return;
      seen = frame.seq;
      wait = FIRST_WAIT;
      tell("");
      draw(batch, frame);
      if (ENDED.includes(frame.status) && !stays) socket.close(1000);
    });
    socket.addEventListener("close", (event) => {
      if (event.code === 1000) return;
      if (REFUSED.includes(event.code)) {
        tell("没有实时更新，显示的是打开页面时的数据");
        return;
      }
      tell("连接断开，正在重连…");
      setTimeout(connect, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  }
  connect();
}

function tell(text) {
  if (!link) return;
  link.textContent = text;
  link.hidden = !text;
}

function draw(batch, frame) {
  const counted = frame.sent + frame.delivered + frame.failed + frame.cancelled;
  const shown = { ...frame, finished: counted };
  const own = `[data-batch="${CSS.escape(batch)}"]`;
  for (const part of document.querySelectorAll(`${own}[data-figure]`)) {
    const name = part.dataset.figure;
    if (name === "bar") drawBar(part, frame);
    else if (name === "status") {
      part.dataset.value = frame.status;
      part.textContent = STATES[frame.status] ?? frame.status;
    } else if (name.endsWith("_at")) part.textContent = time(shown[name]);
    else if (name in shown) put(part, String(shown[name]));
  }
  for (const part of document.querySelectorAll(`${own}[data-when-failed]`)) {
    part.hidden = !frame.failed;
  }
  for (const form of document.querySelectorAll(`${own}[data-states]`)) {
    const states = form.dataset.states.split(" ").filter(Boolean);
    form.hidden = states.length ? !states.includes(frame.status) : !frame.failed;
  }
  noticeTrouble(frame);
}

function drawBar(bar, frame) {
  bar.setAttribute("aria-valuenow", frame.percent);
  const shares = {
    done: frame.sent + frame.delivered,
    failed: frame.failed,
    cancelled: frame.cancelled,
  };
  for (const part of bar.querySelectorAll("[data-share]")) {
    part.style.width = `${(100 * shares[part.dataset.share]) / frame.total}%`;
  }
}

function put(part, text) {
  if (part.textContent !== text) part.textContent = text;
}

function time(text) {
  if (!text) return "—";
  return new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "medium",
    timeZone: zone,
  }).format(new Date(text));
}

// The lists of what failed are the server's to draw: fetched anew when their number has changed.
let failed = Number(document.querySelector(".batch-page [data-figure=failed]")?.textContent ?? 0);
let asking = 0;

function noticeTrouble(frame) {
  if (!document.getElementById("batch-trouble") || frame.failed === failed || asking) return;
  failed = frame.failed;
  asking = setTimeout(async () => {
    asking = 0;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("batch-trouble");
    if (!fresh) return;
    document.getElementById("batch-trouble").replaceWith(fresh);
    failed = Number(page.querySelector(".batch-page [data-figure=failed]").textContent);
  }, TROUBLE_WAIT);
}

function confirmActs() {
  const dialog = document.querySelector(".batch-dialog");
  let asked = null;
  for (const form of document.querySelectorAll("form[data-confirm]")) {
    form.addEventListener("submit", (event) => {
      if (form.elements.confirmed) return;
      event.preventDefault();
      asked = form;
      dialog.querySelector("p").textContent = form.dataset.confirm;
      dialog.showModal();
    });
  }
  dialog?.addEventListener("click", (event) => {
    const answer = event.target.closest("button")?.value;
    if (!answer) return;
    dialog.close();
    if (answer !== "yes" || !asked) return;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "confirmed", value: "1" });
    asked.append(field);
    asked.requestSubmit();
  });
}

// A table that is too large is refused before it is sent all the way.
for (const form of document.querySelectorAll("form[data-max-bytes]")) {
  const input = form.querySelector("input[type=file]");
  const note = document.createElement("p");
  note.className = "batch-failed";
  note.setAttribute("role", "alert");
  input.closest(".group").append(note);
  const isTooLarge = () => input.files[0]?.size > Number(form.dataset.maxBytes);
  input.addEventListener("change", () => {
    note.textContent = isTooLarge() ? "文件过大，请分成几份" : "";
  });
  form.addEventListener("submit", (event) => isTooLarge() && event.preventDefault());
}
