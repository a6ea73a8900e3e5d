// A running hand-over's page, kept as it stands: the server draws it, this fetches it anew.

const live = document.getElementById("handover-live");
let timer = 0;

function later() {
  clearTimeout(timer);
  const seconds = Number(document.getElementById("handover-live")?.dataset.refresh ?? 0);
  if (seconds) timer = setTimeout(renew, seconds * 1000);
}

async function renew() {
  // Nobody looks: the next look is soon enough.
  if (document.hidden) return later();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("handover-live");
      if (fresh) document.getElementById("handover-live").replaceWith(fresh);
    }
  } catch {
    // The network is away; the page stays as it was.
  }
  later();
}

if (live) {
  later();
  live.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });
}
