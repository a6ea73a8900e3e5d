// Starts a ticket's page and keeps it live.

import { byId } from "../dom.js";
import { complain, setUpFrame, showConnection, toast } from "../frame.js";
import { follow } from "../live.js";
import { ticketId } from "../page.js";
import { current, onChange, refresh, take } from "./current.js";
import { setUpFacts } from "./facts.js";
import { drawHead, setUpHead } from "./head.js";
import { refreshPanels, setUpPanels } from "./panels.js";
import { setUpReply } from "./reply.js";
import { loadTrail, setUpTrail } from "./trail.js";

function setUpParts() {
  const tabs = [...document.querySelectorAll("[data-part]")];
  const show = (part) => {
    byId("main").dataset.part = part;
    for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.part === part));
  };
  for (const tab of tabs) tab.addEventListener("click", () => show(tab.dataset.part));
  show("talk");
}

function showViewers(id, viewers) {
  if (id !== ticketId) return;
  const note = byId("viewers");
  note.textContent = viewers.length ? `${viewers.map((one) => one.name).join("、")} 也在看这张工单` : "";
  note.hidden = !viewers.length;
}

async function reload() {
  await refresh();
  await loadTrail();
}

async function start() {
  setUpFrame();
  setUpParts();
  setUpHead();
  setUpTrail();
  setUpReply(() => loadTrail().catch(complain));
  onChange(drawHead);
  await firstLoad();
  setUpFacts();
  setUpPanels();
  byId("main").setAttribute("aria-busy", "false");
  const live = follow({
    onTicket: (ticket, kind) => {
      if (ticket.id !== ticketId) return;
      const isNew = ticket.version > current().version;
      take(ticket, kind);
      loadTrail({ isNews: isNew }).catch(complain);
      refreshPanels(kind);
    },
    onGone: (id) => { if (id === ticketId) left(); },
    onReload: () => reload().catch(complain),
    onViewers: showViewers,
    onState: (state, words) => {
      showConnection(state, words);
      if (state === "live" && wasLost) reload().catch(complain);
      wasLost = state === "lost";
    },
  });
  live.view(ticketId);
}

// Whatever happened between the first load and the first word of the socket is asked for, too.
let wasLost = true;

function left() {
  toast("这张工单已不在您的可见范围", { isError: true });
  byId("main").inert = true;
}

async function firstLoad() {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      await reload();
      return;
    } catch (error) {
      showConnection("lost", `${error.message}，正在重试…`);
      await new Promise((done) => { setTimeout(done, wait); });
    }
  }
}

start();
