// Files come by the button, by pasting and by dropping; each goes out at once.

import { byId } from "../dom.js";
import { toast } from "../frame.js";

export function setUpAttaching(form, words, take, mayTake) {
  const input = byId("attach").querySelector("input");
  const offer = (files) => {
    if (!files.length) return;
    if (mayTake()) take([...files]);
    else toast("现在不能给客户发文件", { isError: true });
  };
  input.addEventListener("change", () => { offer([...input.files]); input.value = ""; });
  words.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    offer(event.clipboardData.files);
  });
  const area = byId("conversation");
  area.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    area.classList.add("dropping");
  });
  area.addEventListener("dragleave", (event) => { if (!area.contains(event.relatedTarget)) area.classList.remove("dropping"); });
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("dropping");
    offer(event.dataTransfer.files);
  });
}
