// Live figures of runs: the page is right as the server drew it, this keeps it so.

const WAIT = 2000;
const LONGEST_WAIT = 30000;

for (const line of document.querySelectorAll("[data-run]")) follow(line);

function follow(line) {
  let wait = WAIT;
  const id = line.dataset.of;

  async function look() {
    try {
      const answer = await fetch(line.dataset.run, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403 || answer.status === 404) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const run = await answer.json();
      draw(id, run);
      // The report is the server's to draw, once it is whole.
      if (!run.is_open) {
        location.reload();
        return;
      }
      wait = WAIT;
    } catch {
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
    setTimeout(look, wait);
  }
  setTimeout(look, wait);
}

function draw(id, run) {
  for (const place of document.querySelectorAll(`[data-of="${CSS.escape(id)}"]`)) {
    for (const part of place.querySelectorAll("[data-figure]")) {
      const name = part.dataset.figure;
      if (!(name in run)) continue;
      const text = String(run[name]);
      if (part.textContent !== text) part.textContent = text;
      if (name === "label") part.dataset.value = run.colour;
      if (name === "error") part.hidden = !text;
    }
  }
}
