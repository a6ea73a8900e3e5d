// A part of a page, kept as it stands: the server draws it, this fetches it anew.

/**
 * Renews the element `id` again and again. `seconds()` is asked before each wait; 0 ends it.
 */
export function keepFresh(id, seconds) {
  function later() {
    const wait = seconds();
    if (wait) setTimeout(renew, wait * 1000);
  }

  async function renew() {
    // Nobody looks: the next look is soon enough.
    if (document.hidden) return later();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(id);
        if (fresh) document.getElementById(id).replaceWith(fresh);
      }
    } catch {
      // The network is away; the page stays as it was.
    }
    later();
  }

  later();
}
