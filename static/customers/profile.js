// A customer's page: dialogs of its quick acts, and the timeline that grows on request.
// All markup comes from the server, which has escaped what people wrote.

for (const opener of document.querySelectorAll("[data-open]")) {
  opener.addEventListener("click", () => document.getElementById(opener.dataset.open).showModal());
}
for (const closer of document.querySelectorAll("[data-close]")) {
  closer.addEventListener("click", () => closer.closest("dialog").close());
}
// A second press while the first is on its way would do it twice.
for (const form of document.querySelectorAll(".cust-page form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
// Back from the next page, a form may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

const timeline = document.querySelector("[data-timeline]");
const note = document.querySelector("[data-timeline-note]");
let asked = 0;

timeline?.addEventListener("click", async (event) => {
  const more = event.target.closest("[data-more]");
  if (!more) return;
  event.preventDefault();
  if (more.getAttribute("aria-busy")) return;
  more.setAttribute("aria-busy", "true");
  const html = await piece(new URL(more.href).search);
  more.removeAttribute("aria-busy");
  if (html === null) return;
  const place = more.closest("li");
  const before = place.previousElementSibling;
  place.remove();
  timeline.insertAdjacentHTML("beforeend", html);
  // Those who read with the keyboard go on where the new part begins.
  const next = before?.nextElementSibling;
  next?.setAttribute("tabindex", "-1");
  next?.focus({ preventScroll: true });
});

document.querySelector("[data-kind-filter]")?.addEventListener("change", async (event) => {
  const kind = event.target.value;
  const html = await piece(`?${new URLSearchParams({ kind })}`);
  if (html !== null) timeline.innerHTML = html;
});

// The next part of the list; null when it did not come, or when something else was asked meanwhile.
async function piece(search) {
  const mine = ++asked;
  try {
    const answer = await fetch(timeline.dataset.timeline + search);
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const html = await answer.text();
    tell("");
    return mine === asked ? html : null;
  } catch {
    tell("没有读到更多记录，请重试");
    return null;
  }
}

function tell(text) {
  note.textContent = text;
  note.hidden = !text;
}
