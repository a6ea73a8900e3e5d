// A running import's page, kept as it stands: the server draws it, this fetches it anew.

const later = () => setTimeout(renew, 1500);

async function renew() {
  // Nobody looks: the next look is soon enough.
  if (document.hidden) return later();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("import-live");
      if (fresh) document.getElementById("import-live").replaceWith(fresh);
    }
  } catch {
    // The network is away; the page stays as it was.
  }
  if (document.getElementById("import-live").dataset.refresh) later();
}

if (document.getElementById("import-live")?.dataset.refresh) later();
