// Writing: text, pictures (made smaller where they are large), files, signs.
import { button, byId } from "../console/dom.js";

const SIGNS = [..."😀😄😊😂🥰😍😎🤔😅😭😡🙏👍👌👏💪❤️🎉☕🌹"].filter((sign) => sign !== "\ufe0f");
const LONGEST_EDGE = 1920;
const SMALL = 600 * 1024;
const isTouch = matchMedia("(pointer: coarse)");

export function composer({ onText, onFile, onTyping }) {
  const form = byId("t-composer");
  const text = byId("t-text");
  const send = byId("t-send");
  const file = byId("t-file");
  const panel = byId("t-emoji");
  const opener = byId("t-emoji-button");

  const grow = () => {
    send.disabled = !text.value.trim();
    form.classList.toggle("t-has-text", !send.disabled);
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 120)}px`;
  };
  const submit = () => {
    const said = text.value.trim();
    if (!said) return;
    text.value = "";
    grow();
    onText(said);
    text.focus();
  };

  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  text.addEventListener("input", () => { grow(); if (text.value.trim()) onTyping(); });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || isTouch.matches) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    if (!pasted.length) return;
    event.preventDefault();
    pasted.forEach(give);
  });

  // A file that is dropped beside the field would take the page away.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!form.hidden) [...event.dataTransfer.files].forEach(give);
  });

  const give = async (one) => onFile(await smaller(one));
  file.addEventListener("change", () => {
    [...file.files].forEach(give);
    file.value = "";
  });

  panel.append(...SIGNS.map((sign) => button(sign, () => {
    text.setRangeText(sign, text.selectionStart, text.selectionEnd, "end");
    grow();
  }, { attributes: { "aria-label": `表情 ${sign}` } })));
  opener.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
  });

  return { set isShown(shown) { form.hidden = !shown; } };
}

// A phone's photograph is many times what anybody needs to see.
async function smaller(file) {
  if (file.size <= SMALL || !/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); });
    if (!made || made.size >= file.size) return file;
    return new File([made], `${file.name.replace(/\.[^.]+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;
  }
}
