// `/ws/tickets`: told of changes, and never of fewer than all: after a break it asks for the rest.

import { keepSocket, since as from } from "./socket.js";

export function follow({ since, onTicket, onGone, onReload, onViewers, onState }) {
  let seen = since;
  let viewing = null;

  const handlers = {
    hello: () => onState("live"),
    seq: (frame) => { seen = Math.max(seen ?? 0, frame.seq); },
    "ticket.updated": (frame) => { seen = frame.seq; onTicket(frame.ticket, frame.kind); },
    "ticket.gone": (frame) => { seen = frame.seq; onGone?.(frame.id); },
    "ticket.reload": () => { seen = undefined; onReload(); },
    "ticket.viewers": (frame) => onViewers?.(frame.ticket_id, frame.viewers),
  };

  const sayViewing = () => { if (viewing !== null) line.say({ type: "viewing", ticket_id: viewing }); };
  const line = keepSocket({
    address: () => from("/ws/tickets", seen),
    onOpen: sayViewing,
    onBeat: sayViewing,
    onFrame: (frame) => handlers[frame.type]?.(frame),
    onState,
  });

  return {
    view(id) { viewing = id; sayViewing(); },
    from(seq) { seen = seq; },
  };
}
