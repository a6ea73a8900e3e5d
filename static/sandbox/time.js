// Times as the platform's clock shows them, wherever the browser stands.

const GAP_MINUTES = 5;

export const clockTime = (iso) => iso.slice(11, 19);
export const minuteTime = (iso) => iso.slice(11, 16);

function offsetMinutes(iso) {
  const match = /([+-])(\d\d):(\d\d)$/.exec(iso);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === "-" ? -minutes : minutes;
}

function dayName(iso) {
  const local = Date.now() + offsetMinutes(iso) * 60_000;
  const day = (moment) => new Date(moment).toISOString().slice(0, 10);
  if (iso.startsWith(day(local))) return "";
  if (iso.startsWith(day(local - 86_400_000))) return "昨天";
  return `${Number(iso.slice(5, 7))}月${Number(iso.slice(8, 10))}日`;
}

export const shortTime = (iso) => dayName(iso) || minuteTime(iso);
export const fullTime = (iso) => `${dayName(iso)} ${minuteTime(iso)}`.trim();

// Whether a line with the time stands between two messages.
export function isApart(earlier, later) {
  return !earlier || Date.parse(later) - Date.parse(earlier) > GAP_MINUTES * 60_000;
}
