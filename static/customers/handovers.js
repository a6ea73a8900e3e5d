// A running hand-over's page.

import { keepFresh } from "../site/kept_fresh.js";

keepFresh("handover-live", () => Number(document.getElementById("handover-live")?.dataset.refresh ?? 0));

document.getElementById("handover-live")?.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});
