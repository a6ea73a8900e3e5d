// How much may still be sent: a platform gives so many messages for so long after the customer wrote.

import { byId } from "../dom.js";
import { opened } from "./state.js";

let isShown = false;
setInterval(() => { if (isShown) showBudget(opened(), true); }, 1000);

export function showBudget(chat, isReply) {
  const sign = byId("budget");
  const { window_ends_at: end, sends_left: left } = chat?.budget ?? {};
  isShown = Boolean(isReply && chat?.status !== "ended" && (end || Number.isInteger(left)));
  sign.hidden = !isShown;
  if (!isShown) return;
  const seconds = end ? Math.max(0, Math.floor((new Date(end) - Date.now()) / 1000)) : null;
  const isSpent = left === 0 || seconds === 0;
  sign.textContent = isSpent
    ? "平台不允许再发：现在写的会在客户下次说话后自动发出"
    : [Number.isInteger(left) && `还可发 ${left} 条`, seconds !== null && `${clock(seconds)} 内`].filter(Boolean).join(" · ");
  sign.className = `budget${isSpent ? " budget-spent" : left === 1 || seconds !== null && seconds < 3600 ? " budget-low" : ""}`;
}

const two = (number) => String(number).padStart(2, "0");
const clock = (seconds) => `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
