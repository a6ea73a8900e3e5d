// What was said before: page by page in a chat, then the chat before it.
import { call, query } from "../console/api.js";
import { byId } from "../console/dom.js";

const PAGE = 30;

export function history({ base, talk }) {
  const button = byId("t-older");
  const log = byId("t-log");
  let chats = [];
  let page = 0;
  let hasMorePages = true;
  let current = null;
  let isBusy = false;

  const show = () => { button.hidden = !current && !chats.length && !hasMorePages; };

  async function nextChats() {
    page += 1;
    const found = await call(`${base}/chats?${query({ page, size: 20 })}`);
    chats.push(...found.list);
    hasMorePages = page * 20 < found.total;
    return found;
  }

  async function older() {
    if (isBusy) return;
    isBusy = true;
    try {
      if (!current) {
        if (!chats.length && hasMorePages) await nextChats();
        current = chats.shift() ?? null;
      }
      if (current) {
        const first = talk.firstOf(current.id);
        const before = Number.isFinite(first) ? first : undefined;
        const got = await call(`${base}/chats/${current.id}/messages?${query({ before, limit: PAGE })}`);
        talk.add(got.list, { keepsPlace: true });
        if (got.list.length < PAGE) current = null;
      }
    } catch {
      // Pressed again, or scrolled to again, it is asked again.
    }
    isBusy = false;
    show();
  }

  button.addEventListener("click", older);
  log.addEventListener("scroll", () => { if (log.scrollTop < 40 && !button.hidden) older(); }, { passive: true });

  return {
    // The newest chat, which the page shows; the others are history.
    async begin() {
      await nextChats();
      current = chats.shift() ?? null;
      return current;
    },
    // The newest of it has been shown: is there more?
    shown() {
      if (current && talk.firstOf(current.id) <= 1) current = null;
      show();
    },
  };
}
