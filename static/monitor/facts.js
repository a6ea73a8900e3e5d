// What the server wrote into the page, and the words for it.

const facts = JSON.parse(document.getElementById("page-facts").textContent);

export const maySeeMessages = facts.may_see_messages;
export const channelName = (channel) => facts.channels[channel] ?? channel;
export const statusName = (status) => facts.statuses[status] ?? status;

// Each channel has its colour, whichever of them are shown.
const TONES = ["#12a866", "#7c6cf2", "#2f80ed", "#0fb5ba", "#f2a33a", "#ef6c57", "#d65db1", "#6d8cab", "#9bb53c"];
const order = Object.keys(facts.channels);
export const channelTone = (channel) => TONES[Math.max(order.indexOf(channel), 0) % TONES.length];
