// Several tickets at once: chosen by their boxes, done in one call, each with its own answer.

import { newKey, post } from "../api.js";
import { ask, askAssignee, askWords, choose } from "../dialog.js";
import { byId, element } from "../dom.js";
import { complain, toast } from "../frame.js";
import { priorities, states } from "../page.js";

const MOST = 200;
const selected = new Set();
let redraw = () => {};
let reload = () => {};

export const isSelected = (id) => selected.has(id);

export function select(id, isWanted) {
  if (isWanted && selected.size >= MOST) {
    toast(`一次最多选 ${MOST} 张`, { isError: true });
    redraw();
    return;
  }
  if (isWanted) selected.add(id);
  else selected.delete(id);
  show();
}

function show() {
  byId("bulk").hidden = selected.size === 0;
  byId("bulk-count").textContent = `已选 ${selected.size} 张`;
}

export function forget(id) {
  if (selected.delete(id)) show();
}

export function setUpBulk(onRedraw, onDone) {
  redraw = onRedraw;
  reload = onDone;
  byId("bulk-clear").addEventListener("click", clear);
  for (const one of document.querySelectorAll("[data-bulk]")) {
    one.addEventListener("click", () => run(one.dataset.bulk));
  }
}

function clear() {
  selected.clear();
  show();
  redraw();
}

const QUESTIONS = {
  assign: async () => {
    const answer = await askAssignee({ title: `分配 ${selected.size} 张工单` });
    return answer && { assignee: answer.assignee, reason: answer.note };
  },
  transition: async () => {
    const status = await choose({
      title: `把 ${selected.size} 张工单移到`,
      note: "不允许这样变更的工单会保持原样，并说明原因。",
      choices: states.filter((state) => !state.needs_assignee),
    });
    if (!status) return null;
    const words = await askWords({ title: "说明", label: "写进每张工单（客户可见，可不填）", confirm: "执行" });
    return words && { status, reason: words.words };
  },
  priority: async () => {
    const priority = await choose({ title: `${selected.size} 张工单的优先级`, choices: priorities });
    return priority && { priority };
  },
  watch: async () => ({}),
};

async function run(action) {
  const more = await QUESTIONS[action]();
  if (!more) return;
  const body = { ids: [...selected], action, ...more };
  const done = await post("/api/tickets/bulk", body, { once: newKey() }).catch(complain);
  if (!done) return;
  toast(`完成 ${done.succeeded} 张${done.failed ? `，${done.failed} 张没有完成` : ""}`, { isError: done.failed > 0 });
  const refused = done.results.filter((result) => result.error);
  selected.clear();
  for (const { id } of refused) selected.add(id);
  show();
  reload();
  if (refused.length) await tell(refused);
}

const tell = (refused) => ask({
  title: `${refused.length} 张没有完成`,
  confirm: "知道了",
  cancel: null,
  content: [
    element("p", { className: "quiet-text", text: "它们仍被选中。" }),
    element("ul", {
      className: "changes",
      children: refused.map(({ id, error }) => element("li", {
        children: [element("strong", { text: `#${id} ` }), error.detail],
      })),
    }),
  ],
});
