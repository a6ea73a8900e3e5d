// The question's form, and saying that an answer is on its way.
const form = document.querySelector("[data-question]");
const busy = document.querySelector("[data-busy]");

function wait() {
  busy.hidden = false;
  busy.parentElement.setAttribute("aria-busy", "true");
}

function ready() {
  busy.hidden = true;
  busy.parentElement.removeAttribute("aria-busy");
}

if (form) {
  const span = form.querySelector("[data-span]");
  const days = [...form.querySelectorAll("[data-day]")];
  const print = form.querySelector("[data-print]");

  // A day that is chosen by hand is a span of one's own.
  for (const day of days) day.addEventListener("change", () => { span.value = "custom"; });
  form.addEventListener("change", (event) => {
    if (event.target.tagName !== "SELECT") return;
    if (event.target === span && span.value === "custom") days[0].focus();
    else form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      const idle = days.includes(field) && span.value !== "custom";
      if (field.name && (idle || field.value === "")) field.disabled = true;
    }
    wait();
  });
  // A page that comes back from the history is not waiting any more.
  window.addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
    ready();
  });
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
for (const link of document.querySelectorAll(".rep-tabs a, .rep-door")) {
  link.addEventListener("click", () => { if (busy) wait(); });
}
