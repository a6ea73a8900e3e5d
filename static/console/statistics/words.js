// Figures as people read them; a dash where there is nothing to tell.

export const NONE = "—";

export function lasting(seconds) {
  if (seconds === null || seconds === undefined) return NONE;
  if (seconds < 60) return `${Math.round(seconds)} 秒`;
  if (seconds < 3600) {
    const rest = Math.round(seconds % 60);
    return rest && seconds < 600 ? `${Math.floor(seconds / 60)} 分 ${rest} 秒` : `${Math.round(seconds / 60)} 分钟`;
  }
  return `${(seconds / 3600).toFixed(1)} 小时`;
}

export const share = (value) => (value === null || value === undefined ? NONE : `${Math.round(value * 1000) / 10}%`);
export const score = (value) => (value === null || value === undefined ? NONE : value.toFixed(2));
export const decimal = (value) => (value === null || value === undefined ? NONE : value.toFixed(1));
export const count = (value) => value.toLocaleString("zh-CN");
