// What the server wrote into the page about live chat.

const facts = JSON.parse(document.getElementById("page-facts").textContent).chat;

export const isSupervisor = facts.is_supervisor;
