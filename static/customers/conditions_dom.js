// Making elements.

export function el(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  if (properties.role) made.setAttribute("role", properties.role);
  made.append(...children);
  return made;
}

// `options`: [value, label, group?]; values are text.
export function select(options, chosen, changed) {
  const made = el("select");
  const groups = new Map();
  for (const [value, label, group] of options) {
    let into = made;
    if (group) {
      if (!groups.has(group)) {
        groups.set(group, el("optgroup", { label: group }));
        made.append(groups.get(group));
      }
      into = groups.get(group);
    }
    into.append(el("option", { value, textContent: label, selected: value === chosen }));
  }
  made.addEventListener("change", () => changed(made.value));
  return made;
}
