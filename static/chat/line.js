// One socket that comes back by itself: `?since=` what was seen, a jittered wait, a heartbeat.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
const HEARTBEAT = 15_000;
const ANSWER_WITHIN = 10_000;
const REFUSED = new Set([4401, 4403, 4404]);

export function line(path, { onFrame, onLost, onRefused }) {
  let seen;
  let socket = null;
  let wait = FIRST_WAIT;
  let retry = 0;
  let silence = 0;
  let isClosed = false;

  function connect() {
    clearTimeout(retry);
    if (isClosed || socket) return;
    const address = new URL(path, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (seen !== undefined) address.searchParams.set("since", seen);
    const opened = new WebSocket(address);
    socket = opened;
    opened.addEventListener("message", ({ data }) => {
      if (socket !== opened) return;
      clearTimeout(silence);
      const frame = JSON.parse(data);
      if (frame.type === "hello") wait = FIRST_WAIT;
      onFrame(frame);
      if (frame.type === "reload") seen = undefined;
      // What came before the greeting is still on its way: its number is no mark yet.
      else if (typeof frame.seq === "number" && (frame.type !== "hello" || seen === undefined)) seen = frame.seq;
    });
    opened.addEventListener("close", ({ code }) => { if (socket === opened) lost(code); });
  }

  function lost(code) {
    socket = null;
    clearTimeout(silence);
    if (isClosed) return;
    if (REFUSED.has(code)) { isClosed = true; clearInterval(beat); onRefused?.(code); return; }
    onLost?.();
    // A restarted server is lost by all pages at once: they do not all come back at once.
    retry = setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  function giveUp() {
    const dead = socket;
    if (!dead) return;
    lost(1006);
    dead.close();
  }

  const isOpen = () => socket?.readyState === WebSocket.OPEN;
  const send = (frame) => {
    if (!isOpen()) return false;
    socket.send(JSON.stringify(frame));
    return true;
  };
  const beat = setInterval(() => {
    if (!send({ type: "heartbeat" })) return;
    clearTimeout(silence);
    silence = setTimeout(giveUp, ANSWER_WITHIN);
  }, HEARTBEAT);
  const comeBack = () => { if (!socket) { wait = FIRST_WAIT; connect(); } };
  addEventListener("online", comeBack);
  addEventListener("offline", giveUp);
  connect();

  return {
    send, isOpen,
    close() {
      isClosed = true;
      clearInterval(beat);
      clearTimeout(retry);
      clearTimeout(silence);
      removeEventListener("online", comeBack);
      removeEventListener("offline", giveUp);
      const last = socket;
      socket = null;
      last?.close();
    },
  };
}
