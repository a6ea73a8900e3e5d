// Being noticed while the page is elsewhere: a sound, a notice of the desktop, the number in the title.

import { byId } from "../dom.js";
import { toast } from "../frame.js";
import { unreadOf } from "./state.js";

const SOUND = "chat.sound";
const NOTICES = "chat.notices";
const title = document.title;
let audio = null;

export function setUpNotices() {
  const sound = byId("sound");
  const notices = byId("notices");
  const show = () => {
    sound.setAttribute("aria-pressed", String(hasSound()));
    notices.setAttribute("aria-pressed", String(hasNotices()));
  };
  sound.addEventListener("click", () => {
    localStorage.setItem(SOUND, hasSound() ? "off" : "on");
    show();
    if (hasSound()) ring();
  });
  notices.addEventListener("click", async () => {
    if (!("Notification" in globalThis)) { toast("这个浏览器不支持桌面通知", { isError: true }); return; }
    const isOn = hasNotices();
    if (!isOn && await Notification.requestPermission() !== "granted") toast("浏览器没有允许通知，请在地址栏左侧打开", { isError: true });
    localStorage.setItem(NOTICES, isOn ? "off" : "on");
    show();
  });
  // Browsers let a page sound only once somebody has touched it.
  addEventListener("pointerdown", wake, { once: true });
  addEventListener("keydown", wake, { once: true });
  show();
}

const hasSound = () => localStorage.getItem(SOUND) !== "off";
const hasNotices = () => globalThis.Notification?.permission === "granted" && localStorage.getItem(NOTICES) !== "off";

function wake() {
  audio ??= globalThis.AudioContext && new AudioContext();
  audio?.resume();
}

function ring() {
  wake();
  if (audio?.state !== "running") return;
  for (const [at, pitch] of [[0, 880], [0.12, 1174.7]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, audio.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.25);
  }
}

// `tag`: later notices of one chat take the place of earlier ones.
export function notice({ heading, words, tag, onClick }) {
  byId("news").textContent = `${heading}：${words}`;
  if (hasSound()) ring();
  if (!document.hidden && document.hasFocus() || !hasNotices()) return;
  const shown = new Notification(heading, { body: words, tag, icon: "/static/site/icon.svg" });
  shown.addEventListener("click", () => { focus(); shown.close(); onClick(); });
}

export function showInTitle() {
  const unread = unreadOf();
  document.title = unread ? `(${unread}) ${title}` : title;
}
