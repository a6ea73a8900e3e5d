// A line without axes: which way it goes, nothing more.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 120;
const HEIGHT = 32;

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// `floor`: from where the height counts; a rate moves in a few hundredths that nobody would see from 0.
export function spark(box, values, floor = 0) {
  const key = values.join();
  if (box.dataset.drawn === key) return;
  box.dataset.drawn = key;
  if (values.length < 2) { box.replaceChildren(); return; }
  const least = Math.min(...values, floor);
  const most = Math.max(...values, least + 1);
  const step = WIDTH / Math.max(values.length - 1, 1);
  const points = values.map((value, place) =>
    `${(place * step).toFixed(1)},${(HEIGHT - 3 - ((value - least) / (most - least)) * (HEIGHT - 6)).toFixed(1)}`);
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
  svg.append(
    shape("polygon", { points: `0,${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`, class: "spark-area" }),
    shape("polyline", { points: points.join(" "), class: "spark-line", "vector-effect": "non-scaling-stroke" }),
  );
  box.replaceChildren(svg);
}
