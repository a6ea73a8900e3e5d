// One chart: drawn anew only when its figures changed, always with its words and its table.

import { byId } from "../console/dom.js";

const echarts = globalThis.echarts;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");
const plots = new Set();

export const hasCharts = Boolean(echarts);

// What options are made of: the page's own colours, and its size of text.
export function paint() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour("ink"), quiet: colour("quiet"), line: colour("line"), surface: colour("surface"),
    brand: colour("brand"), danger: colour("danger"), warning: colour("warning"), info: colour("info"),
    good: colour("good"), fair: colour("fair"), poor: colour("poor"),
    text: parseFloat(style.fontSize) * 0.78,
  };
}

export const tooltip = (look) => ({
  confine: true,
  backgroundColor: look.surface,
  borderColor: look.line,
  textStyle: { color: look.ink, fontSize: look.text },
});

// `option(data, look, box)` for ECharts, in a box of so many pixels; `words(data)` a sentence, `table(data)` a table node.
export class Plot {
  constructor(id, { option, words, table, onClick }) {
    this.section = byId(id);
    this.box = this.section.querySelector(".plot");
    this.alt = this.section.querySelector(".alt");
    this.make = { option, words, table };
    this.onClick = onClick;
    this.drawn = "";
    const toggle = this.section.querySelector(".as-table");
    toggle.setAttribute("aria-label", `${this.section.querySelector("h2").textContent}：以表格显示`);
    toggle.addEventListener("click", () => {
      const isTable = this.section.toggleAttribute("data-table");
      toggle.setAttribute("aria-pressed", String(isTable));
    });
    if (!hasCharts) {
      this.section.toggleAttribute("data-table", true);
      toggle.hidden = true;
    }
    plots.add(this);
  }

  draw(data) {
    this.data = data;
    const key = JSON.stringify(data);
    if (key === this.drawn) return;
    this.drawn = key;
    this.box.setAttribute("aria-label", this.make.words(data));
    const before = this.alt.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.alt.replaceChildren(this.make.table(data));
    if (before) this.alt.querySelector(`[data-key="${CSS.escape(before)}"]`)?.focus();
    this.paint();
  }

  paint() {
    if (!hasCharts || this.data === undefined) return;
    if (!this.chart) {
      this.chart = echarts.init(this.box, null, { renderer: "svg" });
      if (this.onClick) this.chart.on("click", (event) => this.onClick(event, this.data));
      new ResizeObserver(() => this.resized()).observe(this.box);
    }
    const box = { width: this.chart.getWidth(), height: this.chart.getHeight() };
    const option = this.make.option(this.data, paint(), box);
    this.chart.setOption({ animation: !isStill.matches, animationDuration: 500, animationDurationUpdate: 400, ...option }, true);
  }

  // Some charts lie down where it is narrow.
  resized() {
    if (this.box.clientWidth === this.chart.getWidth() && this.box.clientHeight === this.chart.getHeight()) return;
    this.chart.resize();
    this.paint();
  }
}

export function paintAll() {
  for (const plot of plots) plot.paint();
}
