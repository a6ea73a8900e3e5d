// Who is who: names and avatars of members, and of the three voices that are ours.

import { element } from "./dom.js";

const OURS = new Set(["robot", "aibot", "app"]);
const HUES = { lisi: "blue", wangwu: "violet", zhaoliu: "amber", admin: "slate", group: "group" };
const ICONS = { robot: "群", aibot: "助", app: "服", group: "群" };

export const bot = document.body.dataset.bot;
const names = new Map();

export function learnNames(members) {
  for (const { userid, name } of members) names.set(userid, name);
}

export const nameOf = (userid) => (userid.toLowerCase() === "all" ? "所有人" : (names.get(userid) ?? userid));
export const mentionable = () => [bot, "所有人", ...names.values()];

export function avatar(sender, name) {
  const look = OURS.has(sender) ? `ours avatar-${sender}` : (HUES[sender] ?? "slate");
  return element("span", {
    className: `avatar avatar-${look}`,
    text: ICONS[sender] ?? name.slice(0, 1),
    attributes: { "aria-hidden": "true" },
  });
}
