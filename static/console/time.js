// Moments as people say them; the server's zone is China's, and so is what is shown.

const ZONE = "Asia/Shanghai";
const short = new Intl.DateTimeFormat("zh-CN", {
  timeZone: ZONE, month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false,
});
const long = new Intl.DateTimeFormat("zh-CN", {
  timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false,
});

export const moment = (iso) => (iso ? short.format(new Date(iso)) : "");
export const fullMoment = (iso) => (iso ? long.format(new Date(iso)) : "");

export function duration(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  if (minutes < 1) return "不到 1 分钟";
  if (minutes < 60) return `${minutes} 分钟`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} 小时 ${minutes % 60} 分` : `${hours} 小时`;
  return `${Math.floor(hours / 24)} 天 ${hours % 24} 小时`;
}

export function countdown(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  return seconds < 0 ? `超时 ${duration(seconds)}` : `剩 ${duration(seconds)}`;
}

export function ago(iso) {
  const seconds = (Date.now() - new Date(iso)) / 1000;
  return seconds < 60 ? "刚刚" : `${duration(seconds)}前`;
}

// For <input type="datetime-local">, which knows no zones: the wall clock of China, there and back.
export function toLocalInput(iso) {
  const parts = Object.fromEntries(long.formatToParts(new Date(iso)).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour === "24" ? "00" : parts.hour}:${parts.minute}`;
}

export const fromLocalInput = (text) => (text ? `${text}:00+08:00` : null);
