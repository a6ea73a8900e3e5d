// `/ws/tickets`: told of changes, and never of fewer than all: after a break it asks for the rest.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
const HEARTBEAT = 15_000;
const ANSWER_WITHIN = 10_000;
// The server closes with these when it will not tell: logged out, or not allowed any more.
const REFUSED = new Map([[4401, "登录已过期，请刷新页面重新登录"], [4403, "您已没有权限，请重新登录"]]);

export function follow({ since, onTicket, onGone, onReload, onViewers, onState }) {
  let seen = since;
  let socket = null;
  let wait = FIRST_WAIT;
  let retry = 0;
  let beat = 0;
  let silence = 0;
  let viewing = null;

  const handlers = {
    hello: () => { wait = FIRST_WAIT; onState("live"); },
    seq: (frame) => { seen = Math.max(seen ?? 0, frame.seq); },
    "ticket.updated": (frame) => { seen = frame.seq; onTicket(frame.ticket, frame.kind); },
    "ticket.gone": (frame) => { seen = frame.seq; onGone?.(frame.id); },
    "ticket.reload": () => { seen = undefined; onReload(); },
    "ticket.viewers": (frame) => onViewers?.(frame.ticket_id, frame.viewers),
  };

  const say = (frame) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame)); };
  const sayViewing = () => { if (viewing !== null) say({ type: "viewing", ticket_id: viewing }); };

  function connect() {
    clearTimeout(retry);
    const address = new URL("/ws/tickets", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (seen !== undefined) address.searchParams.set("since", seen);
    const opened = new WebSocket(address);
    socket = opened;
    opened.addEventListener("open", sayViewing);
    opened.addEventListener("message", (event) => {
      clearTimeout(silence);
      const frame = JSON.parse(event.data);
      handlers[frame.type]?.(frame);
    });
    opened.addEventListener("close", (event) => { if (socket === opened) lost(event.code); });
  }

  function lost(code) {
    socket = null;
    clearTimeout(silence);
    if (REFUSED.has(code)) { onState("refused", REFUSED.get(code)); return; }
    onState("lost");
    // Everybody's pages lose a restarted server at once: they do not all come back at once.
    retry = setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  function giveUp() {
    const dead = socket;
    lost(1006);
    dead?.close();
  }

  function heartbeat() {
    if (socket?.readyState !== WebSocket.OPEN) return;
    say({ type: "heartbeat" });
    sayViewing();
    clearTimeout(silence);
    silence = setTimeout(giveUp, ANSWER_WITHIN);
  }

  beat = setInterval(heartbeat, HEARTBEAT);
  addEventListener("online", () => { if (!socket) connect(); });
  addEventListener("offline", () => { if (socket) giveUp(); });
  addEventListener("pagehide", () => { clearInterval(beat); const last = socket; socket = null; last?.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  connect();

  return {
    view(id) { viewing = id; say({ type: "viewing", ticket_id: id }); },
    from(seq) { seen = seq; },
  };
}
