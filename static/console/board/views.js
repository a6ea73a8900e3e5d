// Saved views: filters under a name, one's own and the team's.

import { available, call, post, remove } from "../api.js";
import { ask } from "../dialog.js";
import { byId, element, option } from "../dom.js";
import { complain, toast } from "../frame.js";
import { me } from "../page.js";
import { filters, setFilters } from "./filters.js";

const PATH = "/api/ticket-views";
const choice = byId("view-choice");
let views = [];

export async function setUpViews(onChosen) {
  const answer = await available(`${PATH}?size=200`).catch(() => null);
  if (!answer) return;
  take(answer.list);
  byId("views").hidden = byId("view-save").hidden = false;
  choice.addEventListener("change", () => {
    const view = chosen();
    setFilters(view?.filters ?? {});
    showRemove();
    onChosen();
  });
  byId("view-save").addEventListener("click", save);
  byId("view-remove").addEventListener("click", removeChosen);
}

const chosen = () => views.find((view) => String(view.id) === choice.value);
const showRemove = () => { byId("view-remove").hidden = chosen()?.owner_id !== me.id; };

function take(list, selected = "") {
  views = list;
  choice.replaceChildren(option("", "全部工单"), ...views.map((view) => option(
    view.id, view.is_shared ? `${view.name}（团队）` : view.name, String(view.id) === String(selected),
  )));
  showRemove();
}

async function save() {
  const name = element("input", { attributes: { maxlength: 50, required: true } });
  const isShared = element("input", { attributes: { type: "checkbox" } });
  const saved = await ask({
    title: "把现在的筛选存为视图",
    confirm: "保存",
    content: [
      element("label", { className: "field", children: [element("span", { text: "名称" }), name] }),
      element("label", { className: "check", children: [isShared, " 团队共享"] }),
    ],
    read: () => post(PATH, { name: name.value.trim(), is_shared: isShared.checked, filters: filters() }),
  });
  if (!saved) return;
  toast(`已保存视图「${saved.name}」`);
  await call(`${PATH}?size=200`).then((answer) => take(answer.list, saved.id), complain);
}

async function removeChosen() {
  const view = chosen();
  if (!view || !await ask({ title: `删除视图「${view.name}」？`, confirm: "删除" })) return;
  await remove(`${PATH}/${view.id}`).then(() => {
    toast("视图已删除");
    take(views.filter((one) => one !== view));
  }, complain);
}
