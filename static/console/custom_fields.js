// The desk's own fields: an input for each kind, read back as the API takes it.

import { element, option } from "./dom.js";

export function customInputs(fields, values) {
  return fields.map((field) => {
    const input = inputFor(field, values[field.key]);
    return {
      field, input,
      node: element("label", {
        className: field.kind === "flag" ? "check" : "field",
        attributes: { "data-field": `custom_fields.${field.key}` },
        children: field.kind === "flag"
          ? [input, ` ${field.label}`]
          : [
            element("span", { text: field.is_required ? `${field.label}（必填）` : field.label }),
            input, element("span", { className: "field-error", attributes: { role: "alert" } }),
          ],
      }),
    };
  });
}

function inputFor(field, value) {
  if (field.kind === "choice") {
    return element("select", {
      children: [option("", "未选"), ...field.options.map((one) => option(one, one, one === value))],
    });
  }
  const type = { number: "number", date: "date", flag: "checkbox" }[field.kind] ?? "text";
  const input = element("input", { attributes: { type, maxlength: type === "text" ? 500 : null, step: type === "number" ? "any" : null } });
  if (type === "checkbox") input.checked = value === true;
  else if (value !== undefined && value !== null) input.value = value;
  return input;
}

export function readCustom(inputs) {
  const values = {};
  for (const { field, input } of inputs) {
    if (field.kind === "flag") { if (input.checked || field.is_required) values[field.key] = input.checked; continue; }
    if (input.value === "") continue;
    values[field.key] = field.kind === "number" ? Number(input.value) : input.value;
  }
  return values;
}

export function customWords(field, value) {
  if (value === undefined || value === null || value === "") return "无";
  if (field.kind === "flag") return value ? "是" : "否";
  return String(value);
}
