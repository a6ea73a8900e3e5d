// Figures as people read them.

export const NONE = "—";

export const count = (value) => value.toLocaleString("zh-CN");
export const percent = (value) => `${Number(value.toFixed(2))}%`;

export function milliseconds(value) {
  if (value < 1000) return `${Math.round(value)} ms`;
  return `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;
}

export function lasting(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} 秒`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} 分 ${Math.round(seconds % 60)} 秒`;
  return `${(seconds / 3600).toFixed(1)} 小时`;
}

export const shortDay = (iso) => iso.slice(5);

// What has ended of an overview or one of its channels; a rate of nothing is none.
export const hasEnded = (figures) => figures.sent + figures.failed > 0;
export const rateOf = (figures) => {
  const ended = figures.sent + figures.failed;
  return ended ? (100 * figures.sent) / ended : null;
};

// Others read over one's shoulder here, and walls are public: numbers and mailboxes are not spelled out.
export function masked(recipient) {
  return recipient
    .replace(/(\+?\d{2,6})\d{4}(\d{4})\b/g, "$1****$2")
    .replace(/([^\s@]{1,2})[^\s@]*@/g, "$1***@");
}

const clock = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hour12: false,
});
const day = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});
export const exactTime = (iso) => clock.format(new Date(iso));
export const dayAndTime = (iso) => day.format(new Date(iso));
