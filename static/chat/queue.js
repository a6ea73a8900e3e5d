// A waiting customer's place: told by `/ws/queue`, asked for where there is no socket.
import { call } from "../console/api.js";
import { button, byId, element } from "../console/dom.js";
import { line } from "./line.js";

const POLL = 8000;

function about(seconds) {
  if (seconds === null || seconds === undefined) return "";
  return seconds < 60 ? "，预计 1 分钟内接入" : `，预计等待约 ${Math.ceil(seconds / 60)} 分钟`;
}

export function queue({ base, onChange, onCancel }) {
  const root = byId("t-queue");
  const words = element("span");
  const cancel = button("取消排队", onCancel, { className: "t-cancel" });
  let socket = null;
  let timer = 0;
  root.append(words, cancel);

  async function look() {
    try { onChange(await call(`${base}/queue-status`)); } catch { /* The next look will tell. */ }
  }

  function tell(standing) {
    cancel.textContent = standing.status === "unattended" ? "不等了" : "取消排队";
    if (standing.status === "unattended") words.textContent = standing.text;
    else if (standing.position) {
      const ahead = standing.position - 1;
      words.textContent = ahead ? `前面还有 ${ahead} 位${about(standing.estimated_wait_seconds)}` : `您是下一位${about(standing.estimated_wait_seconds)}`;
    }
  }

  return {
    tell,
    show() {
      root.hidden = false;
      if (socket) return;
      if (!words.textContent) words.textContent = "正在为您安排客服…";
      look();
      socket = line("/ws/queue", {
        onFrame: (frame) => {
          // Whether anybody is on at all, the call knows.
          if (frame.type === "queue.position") { if (frame.status === "queued") look(); else onChange(frame); }
        },
      });
      timer = setInterval(() => { if (!socket?.isOpen()) look(); }, POLL);
    },
    hide() {
      root.hidden = true;
      clearInterval(timer);
      socket?.close();
      socket = null;
      words.textContent = "";
    },
  };
}
