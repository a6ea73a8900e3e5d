import { pictures } from "./pictures.js";
import { onlyOnce, sendInPlace } from "./sending.js";

const replyForm = document.querySelector("[data-reply-form]");
if (replyForm) {
  pictures(replyForm.querySelector("[data-pictures]"));
  sendInPlace(replyForm);
}
document.querySelectorAll("[data-busy]").forEach(onlyOnce);

const copy = document.querySelector("[data-copy]");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(window.location.origin + window.location.pathname);
    copy.textContent = "已复制";
  });
}
