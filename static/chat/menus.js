// What opens above the page: the corner menu, a message's menu, a picture, the phone, a short word.
import { button, byId, element } from "../console/dom.js";

let toastTimer = 0;

// `{}` in the text is the seconds left, counted down.
export function toast(text, seconds = 0) {
  const node = byId("t-toast");
  clearInterval(toastTimer);
  const end = Date.now() + (seconds || 4) * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    node.hidden = left <= 0;
    if (left <= 0) { clearInterval(toastTimer); return; }
    const shown = text.includes("{}") ? text.replace("{}", left) : seconds ? `操作太频繁了，请 ${left} 秒后再试` : text;
    if (node.textContent !== shown) node.textContent = shown;
  };
  tick();
  toastTimer = setInterval(tick, 250);
}

const corner = byId("t-menu");
const opener = byId("t-menu-button");
let floating = null;

function close() {
  corner.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  floating?.remove();
  floating = null;
}

opener.addEventListener("click", (event) => {
  event.stopPropagation();
  const opens = corner.hidden;
  close();
  corner.hidden = !opens;
  opener.setAttribute("aria-expanded", String(opens));
  if (opens) corner.querySelector("button, a").focus();
});
document.addEventListener("click", (event) => { if (!event.target.closest(".t-menu")) close(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

const viewer = byId("t-viewer");
viewer.addEventListener("click", () => viewer.close());

const phone = byId("t-phone");
byId("t-bind")?.addEventListener("click", () => { close(); phone.showModal(); });
phone.querySelector("[data-close]").addEventListener("click", () => phone.close());

export const menus = {
  close,
  view(url) {
    byId("t-viewed").src = url;
    viewer.showModal();
  },
  open({ x, y }, items) {
    close();
    if (!items.length) return;
    floating = element("div", { className: "t-menu t-float", attributes: { role: "menu" }, children: items.map(([text, act]) =>
      button(text, () => { close(); act(); }, { attributes: { role: "menuitem" } })) });
    document.body.append(floating);
    const box = floating.getBoundingClientRect();
    floating.style.left = `${Math.max(8, Math.min(x - box.width / 2, innerWidth - box.width - 8))}px`;
    floating.style.top = `${Math.max(8, y - box.height - 8)}px`;
    floating.querySelector("button").focus();
  },
};

// The keyboard of a phone takes its part of the height: the page is what is left.
const seen = window.visualViewport;
if (seen) {
  const fit = () => {
    document.documentElement.style.setProperty("--t-height", `${Math.round(seen.height)}px`);
    scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
  fit();
}
