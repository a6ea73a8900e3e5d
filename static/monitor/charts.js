// The four charts of the front: the week, the channels' share, their success, the pool.

import { button, element } from "../console/dom.js";
import { channelName, channelTone, maySeeMessages } from "./facts.js";
import { Plot, tooltip } from "./plot.js";
import { table } from "./table.js";
import { count, hasEnded, percent, rateOf, shortDay } from "./words.js";

// Below these a channel's bar turns amber, then red.
const GOOD = 99;
const FAIR = 95;

const axis = (look) => ({
  axisLine: { lineStyle: { color: look.line } },
  axisTick: { show: false },
  axisLabel: { color: look.quiet, fontSize: look.text },
  splitLine: { lineStyle: { color: look.line, type: "dashed" } },
});
const line = (name, colour, data, more = {}) => ({
  name, type: "line", data, smooth: 0.25, symbolSize: 7, lineStyle: { width: 2.5, color: colour }, itemStyle: { color: colour }, ...more,
});

export const trend = () => new Plot("trend", {
  words: (days) => `近 7 天发送趋势：今天 ${count(days.at(-1).total)} 条，失败 ${count(days.at(-1).failed)} 条；七天共 ${count(days.reduce((sum, one) => sum + one.total, 0))} 条`,
  table: (days) => table("近 7 天发送趋势", ["日期", "总数", "成功", "失败"],
    days.map((one) => [one.date, count(one.total), count(one.sent), count(one.failed)])),
  option: (days, look) => ({
    grid: { left: 8, right: look.text * 1.8, top: look.text * 3.2, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", ...tooltip(look) },
    legend: { right: 0, top: 0, icon: "roundRect", itemWidth: 14, itemHeight: 4, textStyle: { color: look.quiet, fontSize: look.text } },
    xAxis: { type: "category", boundaryGap: false, data: days.map((one) => shortDay(one.date)), ...axis(look) },
    yAxis: { type: "value", minInterval: 1, ...axis(look) },
    series: [
      line("总数", look.info, days.map((one) => one.total), { areaStyle: { color: look.info, opacity: 0.1 } }),
      line("成功", look.good, days.map((one) => one.sent)),
      line("失败", look.poor, days.map((one) => one.failed)),
    ],
  }),
});

const used = (channels) => channels.filter((one) => one.total > 0).sort((a, b) => b.total - a.total);

export const share = () => new Plot("share", {
  words: (channels) => (used(channels).length
    ? `渠道分布：${used(channels).map((one) => `${channelName(one.channel)} ${count(one.total)} 条`).join("，")}`
    : "渠道分布：没有消息"),
  table: (channels) => table("渠道分布", ["渠道", "消息", "占比"], used(channels).map((one) => {
    const all = channels.reduce((sum, other) => sum + other.total, 0);
    return [channelName(one.channel), count(one.total), percent((100 * one.total) / all)];
  })),
  option: (channels, look, box) => {
    const shown = used(channels);
    const all = shown.reduce((sum, one) => sum + one.total, 0);
    const isWide = box.width > box.height * 1.35;
    const [left, top] = isWide ? ["32%", "50%"] : ["50%", "41%"];
    const words = { color: look.quiet, fontSize: look.text };
    return {
      tooltip: { trigger: "item", valueFormatter: count, ...tooltip(look) },
      legend: {
        ...(isWide ? { orient: "vertical", right: 4, top: "middle" } : { bottom: 0, left: "center" }),
        icon: "circle", itemWidth: 9, itemHeight: 9, itemGap: look.text * 0.7, textStyle: words,
      },
      series: [{
        type: "pie", radius: isWide ? ["60%", "88%"] : ["50%", "72%"], center: [left, top], padAngle: shown.length > 1 ? 1.5 : 0,
        itemStyle: { borderRadius: 5 }, emptyCircleStyle: { color: look.line }, emphasis: { scaleSize: 4 },
        label: { show: true, position: "center", formatter: `{all|${count(all)}}\n${all ? "条消息" : "没有消息"}`, ...words, rich: { all: { color: look.ink, fontSize: look.text * 1.9, fontWeight: 650, padding: [0, 0, 4, 0] } } },
        data: shown.length
          ? shown.map((one) => ({ name: channelName(one.channel), value: one.total, itemStyle: { color: channelTone(one.channel) } }))
          : [{ name: "没有消息", value: 0, itemStyle: { color: look.line } }],
      }],
    };
  },
});

const ended = (channels) => used(channels).filter(hasEnded);
const toneOf = (rate, look) => (rate >= GOOD ? look.good : rate >= FAIR ? look.fair : look.poor);

// `onChannel` is told which channel's failures somebody wants to see.
export const rates = (onChannel) => new Plot("rates", {
  words: (channels) => (ended(channels).length
    ? `各渠道成功率：${ended(channels).map((one) => `${channelName(one.channel)} ${percent(one.success_rate)}`).join("，")}`
    : "各渠道成功率：还没有发送结果"),
  table: (channels) => table("各渠道成功率", ["渠道", "成功", "失败", "成功率"], ended(channels).map((one) => [
    maySeeMessages
      ? button(channelName(one.channel), () => onChannel(one.channel), { className: "link", attributes: { "data-key": one.channel, "aria-label": `${channelName(one.channel)}：查看失败的消息` } })
      : channelName(one.channel),
    count(one.sent), count(one.failed), percent(one.success_rate),
  ])),
  option: (channels, look, box) => {
    const shown = ended(channels);
    const least = Math.min(100, ...shown.map(rateOf));
    const isLying = box.width < shown.length * look.text * 5.6;
    const names = { type: "category", data: shown.map((one) => channelName(one.channel)), inverse: isLying, ...axis(look) };
    names.axisLabel = { ...names.axisLabel, interval: 0, ...(isLying ? {} : { overflow: "break", width: look.text * 6.5 }) };
    // Differences between 97 and 99 % are what matters; a bad day shows the whole.
    const share = { type: "value", min: least >= 90 ? 80 : 0, max: 100, ...axis(look) };
    share.axisLabel = { ...share.axisLabel, formatter: "{value}%" };
    return {
      grid: { left: 8, right: isLying ? look.text * 4.6 : 14, top: look.text * (isLying ? 0.4 : 2.4), bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis", axisPointer: { type: "shadow" }, ...tooltip(look),
        formatter: ([one]) => { const at = shown[one.dataIndex]; return `${echarts.format.encodeHTML(one.name)}<br>成功率 ${percent(at.success_rate)}<br>成功 ${count(at.sent)} · 失败 ${count(at.failed)}`; },
      },
      title: shown.length ? undefined : { text: "还没有发送结果", left: "center", top: "middle", textStyle: { color: look.quiet, fontSize: look.text * 1.1, fontWeight: 400 } },
      xAxis: isLying ? share : names,
      yAxis: isLying ? names : share,
      series: [{
        type: "bar", barMaxWidth: look.text * 3.4, cursor: maySeeMessages ? "pointer" : "default",
        label: { show: true, position: isLying ? "right" : "top", color: look.ink, fontSize: look.text, fontWeight: 600, formatter: ({ value }) => percent(value) },
        itemStyle: { borderRadius: isLying ? [0, 6, 6, 0] : [6, 6, 0, 0] },
        data: shown.map((one) => ({ value: one.success_rate, itemStyle: { color: toneOf(one.success_rate, look) } })),
      }],
    };
  },
  onClick: ({ dataIndex, componentType }, channels) => {
    if (maySeeMessages && componentType === "series") onChannel(ended(channels)[dataIndex].channel);
  },
});

const poolTone = (value, look) => (value > 0.95 ? look.poor : value > 0.8 ? look.fair : look.good);

export const pool = () => new Plot("pool", {
  words: (now) => `发送线程池：使用率 ${percent(100 * now.utilization)}，${now.size} 个位置中 ${now.active} 个在用，核心 ${now.core}，上限 ${now.max}`,
  table: (now) => table("发送线程池", ["项目", "数值"], [
    ["使用率", percent(100 * now.utilization)], ["在用", count(now.active)], ["当前大小", count(now.size)], ["核心", count(now.core)], ["上限", count(now.max)],
  ]),
  option: (now, look, box) => {
    const size = Math.min(box.width, box.height * 1.2);
    return {
      series: [{
        type: "gauge", startAngle: 205, endAngle: -25, min: 0, max: 100, radius: size * 0.48, center: ["50%", "58%"],
        progress: { show: true, width: size * 0.062, roundCap: true, itemStyle: { color: poolTone(now.utilization, look) } },
        axisLine: { roundCap: true, lineStyle: { width: size * 0.062, color: [[1, look.line]] } },
        axisTick: { show: false }, splitLine: { show: false }, pointer: { show: false }, anchor: { show: false },
        axisLabel: { show: false },
        title: { offsetCenter: [0, "34%"], color: look.quiet, fontSize: Math.max(look.text * 0.9, size * 0.055) },
        detail: { offsetCenter: [0, "-4%"], color: look.ink, fontSize: size * 0.15, fontWeight: 650, formatter: (value) => percent(value) },
        data: [{ value: Number((100 * now.utilization).toFixed(1)), name: `${now.active} / ${now.size} 在用` }],
      }],
    };
  },
});

export const fact = (label, value, tone = "") => element("p", {
  className: tone ? `fact fact-${tone}` : "fact",
  children: [element("span", { text: label }), element("strong", { text: value })],
});
