// A socket that comes back by itself. Everybody's pages lose a restarted server at once: they wait a
// random while, longer each time, so that they do not all return at once.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
const HEARTBEAT = 15_000;
const ANSWER_WITHIN = 10_000;
// The server closes with these when it will not tell: logged out, or not allowed any more.
const REFUSED = new Map([[4401, "登录已过期，请刷新页面重新登录"], [4403, "您已没有权限，请重新登录"]]);

// `address()` is asked at each attempt: it says from where to go on. `onBeat` may say more with each
// heartbeat; `onState` hears "lost" and "refused" (with words), the server's hello is a frame as others.
export function keepSocket({ address, onOpen, onFrame, onBeat, onState }) {
  let socket = null;
  let wait = FIRST_WAIT;
  let retry = 0;
  let silence = 0;

  const isOpen = () => socket?.readyState === WebSocket.OPEN;
  const say = (frame) => {
    if (!isOpen()) return false;
    socket.send(JSON.stringify(frame));
    return true;
  };

  function connect() {
    clearTimeout(retry);
    const url = new URL(address(), location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const opened = new WebSocket(url);
    socket = opened;
    opened.addEventListener("open", () => onOpen?.());
    opened.addEventListener("message", (event) => {
      clearTimeout(silence);
      const frame = JSON.parse(event.data);
      if (frame.type === "hello") wait = FIRST_WAIT;
      onFrame(frame);
    });
    opened.addEventListener("close", (event) => { if (socket === opened) lost(event.code); });
  }

  function lost(code) {
    socket = null;
    clearTimeout(silence);
    if (REFUSED.has(code)) { onState("refused", REFUSED.get(code)); return; }
    onState("lost");
    retry = setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  function giveUp() {
    const dead = socket;
    lost(1006);
    dead?.close();
  }

  function heartbeat() {
    if (!say({ type: "heartbeat" })) return;
    onBeat?.();
    clearTimeout(silence);
    silence = setTimeout(giveUp, ANSWER_WITHIN);
  }

  const beat = setInterval(heartbeat, HEARTBEAT);
  addEventListener("online", () => { if (!socket) connect(); });
  addEventListener("offline", () => { if (socket) giveUp(); });
  addEventListener("pagehide", () => { clearInterval(beat); const last = socket; socket = null; last?.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  connect();
  return { say, isOpen };
}

// `path?since=` of the last number seen, or without it where there is none yet.
export const since = (path, seen) => (seen === undefined ? path : `${path}?since=${seen}`);
