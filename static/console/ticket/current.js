// The ticket of this page, as it was seen last, and who wants to know when it changes.

import { call } from "../api.js";
import { askAgain } from "../conflict.js";
import { complain } from "../frame.js";
import { ticketId } from "../page.js";

export const path = (rest = "") => `/api/tickets/${ticketId}${rest}`;

let ticket = null;
const listeners = [];

export const current = () => ticket;
export const onChange = (listener) => listeners.push(listener);

export function take(found, kind = "") {
  if (ticket && found.version < ticket.version) return;
  ticket = { ...ticket, ...found };
  for (const listener of listeners) listener(ticket, kind);
}

export const refresh = () => call(path()).then((found) => take(found));

// Sends an act with the version seen. When somebody was quicker, shows what they changed and asks;
// resolves with the ticket, or null when it came to nothing.
export async function act(send, mine) {
  try {
    const done = await send(ticket.version);
    if (done?.version) take(done);
    return done ?? ticket;
  } catch (error) {
    if (!error.isConflict) { complain(error); return null; }
    const { version } = await askAgain({ error, id: ticketId, mine });
    await refresh().catch(complain);
    if (version === null) return null;
    try {
      const done = await send(ticket.version);
      if (done?.version) take(done);
      return done ?? ticket;
    } catch (again) {
      complain(again);
      return null;
    }
  }
}
