// The control for an operator's value, by what it takes.

import { el, select } from "./conditions_dom.js";

export function valueControl(box, leaf, operator, choices, changed, redraw) {
  const set = (value) => {
    leaf.value = value;
    changed();
  };
  switch (operator.takes) {
    case "boolean":
      leaf.value ??= true;
      return box.append(
        named(select([["true", "是"], ["false", "否"]], String(leaf.value), (v) => set(v === "true"))),
      );
    case "choice": {
      leaf.value ??= choices[0]?.value;
      const options = choices.map((one) => [String(one.value), one.label]);
      const find = (text) => choices.find((one) => String(one.value) === text)?.value;
      return box.append(named(select(options, String(leaf.value), (v) => set(find(v)))));
    }
    case "choices":
      return several(box, leaf, choices, redraw);
    case "texts": {
      const input = text((leaf.value ?? []).join("，"), "多个值用逗号分开");
      const parts = () => input.value.split(/[,，]/).map((one) => one.trim()).filter(Boolean);
      input.addEventListener("input", () => set(parts()));
      return box.append(input);
    }
    case "days":
      leaf.value ??= 30;
      return box.append(number(leaf.value, set, { min: 0, max: 3650, step: 1 }), unit("天"));
    case "integer":
    case "decimal":
      return box.append(number(leaf.value, set, { step: operator.takes === "integer" ? 1 : "any" }));
    case "integer_pair":
    case "decimal_pair":
      return pair(box, leaf, set, number, { step: operator.takes === "integer_pair" ? 1 : "any" });
    case "date":
      return box.append(date(leaf.value, set));
    case "date_pair":
      return pair(box, leaf, set, date, {});
    default: {
      const input = text(leaf.value ?? "", "");
      input.addEventListener("input", () => set(input.value));
      return box.append(input);
    }
  }
}

function several(box, leaf, choices, redraw) {
  leaf.value ??= [];
  const labels = new Map(choices.map((one) => [one.value, one.label]));
  const chips = el("div", { className: "conditions-chips" });
  for (const value of leaf.value) {
    const drop = el("button", { type: "button", textContent: "×" });
    drop.setAttribute("aria-label", `去掉${labels.get(value) ?? value}`);
    drop.addEventListener("click", () => {
      leaf.value = leaf.value.filter((one) => one !== value);
      redraw();
    });
    chips.append(el("span", { textContent: labels.get(value) ?? `已删除的 ${value} 号` }, drop));
  }
  const rest = choices.filter((one) => !leaf.value.includes(one.value));
  const options = [["", "选择…"], ...rest.map((one) => [String(one.value), one.label])];
  const more = select(options, "", (chosen) => {
    const found = choices.find((one) => String(one.value) === chosen);
    if (found) leaf.value = [...leaf.value, found.value];
    redraw();
  });
  box.append(chips, named(more));
}

function pair(box, leaf, set, control, options) {
  const both = [...(leaf.value ?? [null, null])];
  const change = (place) => (value) => {
    both[place] = value;
    set([...both]);
  };
  box.append(control(both[0], change(0), options), unit("到"), control(both[1], change(1), options));
}

function number(value, set, options) {
  const input = named(el("input", { type: "number", value: value ?? "", ...options }));
  input.addEventListener("input", () => set(input.value === "" ? null : Number(input.value)));
  return input;
}

function date(value, set) {
  const input = named(el("input", { type: "date", value: value ?? "" }));
  input.addEventListener("input", () => set(input.value || null));
  return input;
}

function text(value, placeholder) {
  return named(el("input", { type: "text", maxLength: 2000, value, placeholder }));
}

function unit(words) {
  return el("span", { className: "conditions-unit", textContent: words });
}

function named(control) {
  control.setAttribute("aria-label", "值");
  return control;
}
