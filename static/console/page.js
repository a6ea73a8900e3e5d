// What the server wrote into the page: who is here, the words of the choices, the table of moves.

const facts = JSON.parse(document.getElementById("page-facts").textContent);

export const { me, staff, states, priorities } = facts;
export const slaStates = facts.sla_states;
export const linkKinds = facts.link_kinds;
export const eventKinds = facts.event_kinds;
export const entries = facts.entries;
export const ticketId = facts.ticket_id;

const stateBy = new Map(states.map((state) => [state.value, state]));
const labelOf = (choices, value) => choices.find((one) => one.value === value)?.label ?? value;

export const stateOf = (status) => stateBy.get(status);
export const stateLabel = (status) => stateBy.get(status)?.label ?? status;
export const priorityLabel = (priority) => labelOf(priorities, priority);
export const slaLabel = (state) => labelOf(slaStates, state);
export const kindLabel = (kind) => labelOf(eventKinds, kind);
export const entryLabel = (entry) => labelOf(entries, entry);
export const linkLabel = (kind) => labelOf(linkKinds, kind);
export const mayMove = (from, to) => Boolean(stateBy.get(from)?.moves.includes(to));
