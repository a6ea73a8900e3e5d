// `/ws/console`: what is told is taken in, what is said goes out; after a break it asks for the rest.

import { keepSocket, since } from "../socket.js";

export function openLine({ onState, handlers }) {
  let seen;
  const line = keepSocket({
    address: () => since("/ws/console", seen),
    onFrame: (frame) => {
      if (frame.type === "hello") {
        seen ??= frame.seq;
        onState("live");
      } else if (frame.type === "reload") {
        seen = undefined;
      } else if (Number.isInteger(frame.seq)) {
        seen = Math.max(seen ?? 0, frame.seq);
      }
      handlers[frame.type]?.(frame);
    },
    onState,
  });
  return line;
}
