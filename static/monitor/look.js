// Light or dark, and the wall: large figures, the whole screen, nothing to click that is not needed.

import { byId } from "../console/dom.js";

const root = document.documentElement;
const WORDS = { system: "跟随系统", light: "浅色", dark: "深色" };
const NEXT = { system: "light", light: "dark", dark: "system" };

// `onChange` is told whenever colours or sizes are no longer those of before.
export function setUpLook(onChange) {
  const theme = byId("theme");
  const say = () => {
    theme.textContent = WORDS[globalThis.theme.chosen];
    theme.setAttribute("aria-label", `主题：${theme.textContent}，点按切换`);
  };
  theme.addEventListener("click", () => { globalThis.theme.choose(NEXT[globalThis.theme.chosen]); say(); });
  say();
  new MutationObserver(onChange).observe(root, { attributeFilter: ["data-theme", "data-wall"] });
  setUpWall();
  setUpClock();
}

function setUpWall() {
  const button = byId("wall");
  const show = (isWall) => {
    if (isWall) root.dataset.wall = ""; else delete root.dataset.wall;
    button.setAttribute("aria-pressed", String(isWall));
    button.textContent = isWall ? "退出大屏" : "大屏";
    const address = new URL(location.href);
    if (isWall) address.searchParams.set("wall", "1"); else address.searchParams.delete("wall");
    history.replaceState(null, "", address);
  };
  button.addEventListener("click", async () => {
    const isWall = !("wall" in root.dataset);
    show(isWall);
    // A browser without it, or one that forbids it, shows the wall in its window.
    if (isWall) await root.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) await document.exitFullscreen();
  });
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) show(false); });
  if (new URLSearchParams(location.search).has("wall")) show(true);
}

const ZONE = "Asia/Shanghai";
const time = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const date = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "long", day: "numeric", weekday: "short" });

function setUpClock() {
  const tick = () => {
    const now = new Date();
    byId("clock").textContent = time.format(now);
    byId("clock-date").textContent = date.format(now);
  };
  tick();
  setInterval(tick, 1000);
}
