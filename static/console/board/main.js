// Starts the board and keeps it live.

import { call, query } from "../api.js";
import { byId, whenQuiet } from "../dom.js";
import { complain, setUpFrame, showConnection, toast } from "../frame.js";
import { follow } from "../live.js";
import { mayMove, me, stateLabel } from "../page.js";
import * as bulk from "./bulk.js";
import { keepCountdowns } from "./card.js";
import * as view from "./columns.js";
import { setUpDragging } from "./drag.js";
import * as filter from "./filters.js";
import { moveTicket, openMenu } from "./moves.js";
import { openNewTicket } from "./new_ticket.js";
import * as state from "./state.js";
import { setUpViews } from "./views.js";

const note = byId("board-note");
let live = null;
let loading = 0;
let pending = 0;
// What the socket said while the board was being asked for: the answer may be older, and it is not said again.
let meanwhile = [];

async function load() {
  const mine = loading += 1;
  pending += 1;
  try {
    const answer = await call(`/api/tickets/board?${query(filter.filters())}`);
    if (mine !== loading) return null;
    state.replaceAll(answer);
    for (const hear of meanwhile) hear();
    for (const [status, column] of state.columns) if (column.isOpened && column.hasMore && column.edge === null) await more(status);
    drawAll();
    live?.from(answer.seq);
    return answer.seq;
  } catch (error) {
    if (mine === loading) sayNote(`${error.message}。`);
    throw error;
  } finally {
    pending -= 1;
    if (!pending) meanwhile = [];
  }
}

const heard = (act) => (told) => {
  if (pending) meanwhile.push(() => act(told));
  act(told);
};

function drawAll() {
  view.drawAll();
  filter.suggestProducts();
  const isEmpty = [...state.columns.values()].every((column) => column.total === 0);
  sayNote(isEmpty ? (filter.isFiltered() ? "没有符合筛选的工单。" : "还没有工单。可以新建一张，或在企业微信群里说「/创建工单 …」。") : "");
}

function sayNote(text) {
  note.textContent = text;
  note.hidden = !text;
}

const reload = () => load().catch(complain);

async function more(status) {
  const column = state.columns.get(status);
  const asked = { ...filter.filters(), column: status, before: column.edge };
  const answer = await call(`/api/tickets/board?${query(asked)}`).catch(complain);
  if (!answer) return;
  state.takeColumn(answer.columns[0]);
  view.drawColumn(status);
}

async function unfold(status) {
  const column = state.columns.get(status);
  column.isOpened = !column.isOpened;
  if (column.isOpened && column.hasMore && column.edge === null) await more(status);
  view.drawColumn(status);
}

const recount = whenQuiet(async () => {
  const answer = await call(`/api/tickets/board?${query({ ...filter.filters(), counts: "true" })}`).catch(() => null);
  if (!answer) return;
  state.takeTotals(answer);
  drawAll();
}, 1500);

// What came by the socket, or as the answer to one's own act.
function take(ticket) {
  const isShown = filter.matches(ticket);
  if (isShown === undefined) { reloadSoon(); return; }
  const known = state.put(ticket, { isShown });
  if (known === undefined) return;
  if (!isShown && !known) { recount(); return; }
  for (const status of new Set([known?.status, ticket.status])) if (status) view.drawColumn(status);
  if (!isShown) bulk.forget(ticket.id);
  else if (!known || known.version !== ticket.version) view.flash(ticket.id);
  if (known && known.status !== ticket.status) view.announce(ticket, known.status);
  if (known) return;
  // Whoever gets a customer's first ticket sees all of that customer's from now on.
  if (ticket.assigned_to === me.account) reloadSoon();
  else recount();
}

const reloadSoon = whenQuiet(reload, 1000);

function gone(id) {
  const known = state.drop(id);
  bulk.forget(id);
  if (known) view.drawColumn(known.status);
}

// The card stands where it was dropped while the server is asked, and springs back when refused.
async function move(ticket, status) {
  const place = (shown) => {
    state.put(shown, { isShown: true });
    for (const one of [ticket.status, status]) view.drawColumn(one);
  };
  const isStill = () => state.tickets.get(ticket.id)?.version === ticket.version;
  const done = await moveTicket(ticket, status, { onWaiting: () => place({ ...ticket, status }) });
  if (isStill()) place(ticket);
  if (done) take(done);
}

async function menu(ticket) {
  const done = await openMenu(ticket);
  if (done) take(done);
}

async function start() {
  setUpFrame();
  view.setUpColumns({
    onOpen: unfold, onMore: more, onMenu: menu,
    onSelect: bulk.select, isSelected: bulk.isSelected,
  });
  view.drawSkeletons();
  setUpDragging((ticket, status) => (mayMove(ticket.status, status) ? move(ticket, status) : toast(`不能移到${stateLabel(status)}`)));
  filter.setUpFilters(reload);
  bulk.setUpBulk(view.drawAll, reload);
  setUpViews(() => { filter.writeAddress(); reload(); });
  byId("new-ticket").addEventListener("click", () => openNewTicket(take));
  keepCountdowns(byId("board"));
  const since = await firstLoad();
  live = follow({ since, onTicket: heard(take), onGone: heard(gone), onReload: reload, onState: showConnection });
}

async function firstLoad() {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      const seq = await load();
      if (seq !== null) return seq;
    } catch (error) {
      if (error.status === 400) { toast(error.message, { isError: true }); filter.setFilters({}); filter.writeAddress(); continue; }
      showConnection("lost", `${error.message}，正在重试…`);
      await new Promise((done) => { setTimeout(done, wait); });
    }
  }
}

start();
