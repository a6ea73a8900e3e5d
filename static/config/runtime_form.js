// What a setting's form would change, asked of the server while somebody types.

const form = document.getElementById("rt-form");
const shown = document.getElementById("rt-preview");
const WAIT = 300;
let timer = 0;
let asked = 0;

function words(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function quiet(text) {
  const made = words("p", text);
  made.className = "rt-quiet";
  return made;
}

function line(change) {
  const made = document.createElement("li");
  made.className = "rt-line";
  made.dataset.kind = change.kind;
  made.append(words("b", change.word), " ", words("code", change.path), " ");
  if (change.old) made.append(words("del", change.old), " ");
  if (change.new) made.append(words("ins", change.new));
  return made;
}

function showErrors(errors) {
  document.getElementById("rt-above").replaceChildren();
  for (const field of form.querySelectorAll("[data-field]")) {
    const mine = errors.filter((error) => error.field === field.dataset.field);
    field.querySelector(".rt-errors").replaceChildren(...mine.map((error) => words("p", error.words)));
  }
  const above = errors.filter((error) => error.field === "__all__");
  document.getElementById("rt-above").replaceChildren(...above.map((error) => words("p", error.words)));
}

function showLines(lines) {
  if (!lines.length) return shown.replaceChildren(quiet("与当前值相同"));
  const list = document.createElement("ul");
  list.className = "rt-lines";
  list.append(...lines.map(line));
  shown.replaceChildren(list);
}

async function preview() {
  const number = ++asked;
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    // A slower answer to an earlier question says nothing about what stands there now.
    if (number !== asked) return;
    showErrors(found.errors);
    if (found.errors.length) shown.replaceChildren(quiet("请先改正标出的地方"));
    else showLines(found.lines);
  } catch {
    if (number === asked) shown.replaceChildren(quiet("暂时无法预览，保存时仍会检查"));
  }
}

if (shown) {
  form.noValidate = true;
  form.addEventListener("input", (event) => {
    if (event.target.name === "reason") return;
    clearTimeout(timer);
    timer = setTimeout(preview, WAIT);
  });
}
