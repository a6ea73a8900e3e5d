// Writing: to the customer or among colleagues, with files and canned replies. Drafts outlive a reload.

import { newKey, post } from "../api.js";
import { setUpCanned } from "../canned.js";
import { button, byId, element, whenQuiet } from "../dom.js";
import { toast } from "../frame.js";
import { me, ticketId } from "../page.js";
import { path } from "./current.js";
import { upload } from "./files.js";

const form = byId("reply");
const words = byId("words");
const send = byId("reply-send");
const refusal = byId("reply-error");
const DRAFT = `draft:${me.id}:${ticketId}`;
let waiting = [];
let once = newKey();

const visibility = () => form.elements.visibility.value;

export function setUpReply(onSent) {
  setUpCanned(words, async (reply) => (await post(`/api/canned-replies/${reply.id}/render`, { ticket_id: ticketId })).content);
  setUpFiles();
  words.value = localStorage.getItem(DRAFT) ?? "";
  const keep = whenQuiet(() => (words.value ? localStorage.setItem(DRAFT, words.value) : localStorage.removeItem(DRAFT)), 300);
  words.addEventListener("input", () => { once = newKey(); keep(); show(); });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  for (const choice of form.elements.visibility) choice.addEventListener("change", () => { once = newKey(); show(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(onSent, keep); });
  show();
}

function show() {
  const isInternal = visibility() === "internal";
  form.classList.toggle("reply-internal", isInternal);
  send.textContent = isInternal ? "记下备注" : "回复客户";
  send.disabled = !words.value.trim() && !waiting.length;
  byId("reply-help").textContent = isInternal
    ? "只有同事看得到。输入 / 选择话术，可粘贴或拖入文件。"
    : "客户会看到这条回复。输入 / 选择话术，可粘贴或拖入文件。";
}

async function submit(onSent, keep) {
  send.disabled = true;
  refusal.hidden = true;
  try {
    if (words.value.trim()) {
      await post(path("/reply"), { content: words.value, visibility: visibility() }, { once });
      words.value = "";
      keep();
      once = newKey();
    }
    await sendFiles();
    toast(visibility() === "internal" ? "备注已记下" : "已回复客户");
    onSent();
  } catch (error) {
    // What was written stays; the same key makes a second try safe.
    refusal.textContent = error.message;
    refusal.hidden = false;
  } finally {
    show();
  }
}

async function sendFiles() {
  for (const file of [...waiting]) {
    try {
      await upload(file, visibility());
    } catch (error) {
      throw new Error(`${file.name}：${error.byField?.file ?? error.message}`, { cause: error });
    }
    waiting = waiting.filter((one) => one !== file);
    showFiles();
  }
}

function setUpFiles() {
  const label = byId("reply-attach");
  const input = label.querySelector("input");
  label.hidden = false;
  input.addEventListener("change", () => { add(input.files); input.value = ""; });
  words.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) { event.preventDefault(); add(event.clipboardData.files); }
  });
  form.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("reply-over");
  });
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) form.classList.remove("reply-over"); });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("reply-over");
    add(event.dataTransfer.files);
  });
}

function add(files) {
  waiting.push(...files);
  showFiles();
  show();
}

function showFiles() {
  byId("reply-files").replaceChildren(...waiting.map((file) => element("li", {
    children: [
      element("span", { text: `${file.name}（${Math.max(1, Math.round(file.size / 1024))} KB）` }),
      button("✕", () => { waiting = waiting.filter((one) => one !== file); showFiles(); show(); }, {
        className: "quiet", attributes: { "aria-label": `不附上 ${file.name}` },
      }),
    ],
  })));
}

