// The JSON of conditions, and the groups and rows that stand for it. "None of these" is {not: {any}}.

// Undefined when the text is no JSON, or names a field that is not known.
export function treeOf(text, fields) {
  let read;
  try {
    read = JSON.parse(text || '{"all": []}');
  } catch {
    return undefined;
  }
  try {
    const tree = partOf(read, fields);
    return tree.parts ? tree : { mode: "all", parts: [tree] };
  } catch {
    return undefined;
  }
}

function partOf(node, fields) {
  if (Array.isArray(node.all)) return { mode: "all", parts: node.all.map((one) => partOf(one, fields)) };
  if (Array.isArray(node.any)) return { mode: "any", parts: node.any.map((one) => partOf(one, fields)) };
  if (node.not) {
    const inner = partOf(node.not, fields);
    const parts = inner.parts && inner.mode === "any" ? inner.parts : [inner];
    return { mode: "none", parts };
  }
  if (!fields.has(node.field)) throw new Error("unknown field");
  return { ...node };
}

// Writes each row's place into it, by which the server names what is wrong.
export function nodeOf(part, path) {
  if (!part.parts) {
    Object.defineProperty(part, "path", { value: path, enumerable: false, configurable: true });
    const { field, op, value, ...params } = part;
    return { field, op, value: value ?? null, ...params };
  }
  if (part.mode === "none") {
    if (!part.parts.length) return { all: [] };
    return { not: { any: inner(part, `${path}.not.any`) } };
  }
  if (part.mode === "any" && !part.parts.length) return { all: [] };
  return { [part.mode]: inner(part, `${path}.${part.mode}`) };
}

function inner(part, path) {
  return part.parts.map((one, index) => nodeOf(one, `${path}.${index}`));
}
