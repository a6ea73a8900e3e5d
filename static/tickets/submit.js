import { pictures } from "./pictures.js";
import { say, sendInPlace, showErrors } from "./sending.js";

const phoneForm = document.querySelector("[data-phone-form]");
if (phoneForm) askForCode(phoneForm);

const problemForm = document.querySelector("[data-problem-form]");
if (problemForm) {
  pictures(problemForm.querySelector("[data-pictures]"));
  otherProduct(problemForm);
  sendInPlace(problemForm, (answer) => {
    // The half hour is over: the plain way keeps the words and asks for the phone.
    if (!answer.body.again) return false;
    problemForm.querySelector('input[type="file"]').value = "";
    HTMLFormElement.prototype.submit.call(problemForm);
    return true;
  });
}

// Sends the code without leaving the page, and counts down to the next one.
function askForCode(form) {
  const button = form.querySelector("[data-send-code]");
  const hint = form.querySelector("[data-code-hint]");
  const words = button.textContent;
  // Enter in a field goes on; it does not ask for another code.
  button.type = "button";

  const countDown = (seconds) => {
    const end = Date.now() + seconds * 1000;
    button.disabled = true;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left > 0) {
        button.textContent = `${left} 秒后重发`;
        window.setTimeout(tick, 250);
      } else {
        button.textContent = words;
        button.disabled = false;
      }
    };
    tick();
  };

  button.addEventListener("click", async () => {
    const data = new FormData(form);
    data.set("act", "code");
    button.disabled = true;
    hint.textContent = "";
    try {
      const response = await fetch(window.location.href, {
        method: "POST",
        body: data,
        headers: { Accept: "application/json" },
      });
      const body = await response.json();
      showErrors(form, body);
      if (response.ok) {
        hint.textContent = body.detail;
        form.querySelector("#code").focus();
      }
      if (body.wait) {
        countDown(body.wait);
        return;
      }
    } catch {
      say("网络不通，请稍后再试");
    }
    button.disabled = false;
  });
}

// The field for another product is there when it is asked for.
function otherProduct(form) {
  const select = form.querySelector("[data-product]");
  const other = form.querySelector("[data-other-product]");
  if (!select || !other) return;
  const show = () => {
    other.hidden = select.value !== select.dataset.other;
  };
  select.addEventListener("change", show);
  show();
}
