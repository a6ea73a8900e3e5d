// The list of runtime settings: finding a key, and the processes kept as they stand.

import { keepFresh } from "../site/kept_fresh.js";

const find = document.getElementById("rt-find");
const none = document.getElementById("rt-none");

function narrow() {
  const words = find.value.trim().toLowerCase();
  let shown = 0;
  for (const group of document.querySelectorAll("[data-group]")) {
    let here = 0;
    for (const entry of group.querySelectorAll("[data-words]")) {
      entry.hidden = !entry.dataset.words.includes(words);
      if (!entry.hidden) here += 1;
    }
    group.hidden = here === 0;
    shown += here;
  }
  none.hidden = shown > 0;
}

find.addEventListener("input", narrow);
narrow();

keepFresh("rt-processes", () => 3);
