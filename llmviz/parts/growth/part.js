// @ts-nocheck
// Tokens per word against the size of the vocabulary, a line for each way to cut. A line ends where the text allows no larger one.
//
// data: title, about, empty, size (the one on the page), sizes, lines [{name, dash, sizes, values}]

import { path, spread } from "../curve/scale.js";
import { counted, whole } from "../shared/format.js";
import { drawSized } from "../shared/resize.js";
import { placeOf } from "../shared/step.js";

const SVG = "http://www.w3.org/2000/svg";

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".growth");
  const [svg, chart, tip, hint] = ["svg", ".chart", ".tip", ".hint"].map((name) => root.querySelector(name));
  const { lines, sizes, size } = data;
  const top = 1.06 * Math.max(1.5, ...lines.flatMap(({ values }) => values));
  const low = Math.log(Math.min(sizes[0], ...lines.flatMap(({ sizes: own }) => own))),
    high = Math.log(sizes.at(-1));

  const node = (tag, attributes, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const valueAt = (line, wanted) => line.values[Math.max(0, placeOf(line.sizes, wanted))];

  function frame() {
    const em = parseFloat(getComputedStyle(root).fontSize);
    const left = 2.2 * em,
      right = chart.clientWidth - 10.2 * em,
      bottom = chart.clientHeight - 1.5 * em,
      head = 0.6 * em;
    const x = (count) => left + ((right - left) * (Math.log(count) - low)) / (high - low);
    const y = (value) => bottom - (bottom - head) * ((value - 1) / (top - 1));
    const write = (at, height, text, looks = {}) => node("text", { x: at, y: height + 0.3 * em, ...looks }, text);
    const parts = [];
    for (const tick of [1, 2, 3, 4, 5].filter((tick) => tick <= top)) {
      parts.push(
        node("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }),
        write(left - 0.5 * em, y(tick), tick, { "text-anchor": "end" }),
      );
    }
    const room = (right - left) / (3.1 * em); // labels that fit
    const every = Math.ceil(sizes.length / Math.max(1, room));
    sizes.forEach(
      (count, place) => place % every || parts.push(write(x(count), bottom + 1.05 * em, whole(count), { "text-anchor": "middle" })),
    );
    if (lines.length) parts.push(node("line", { class: "cursor", x1: x(size), x2: x(size), y1: head, y2: bottom }));
    for (const { sizes: own, values, dash } of lines)
      parts.push(node("path", { class: "line", d: path(own, values, x, y), "stroke-dasharray": dash }));
    for (const line of lines)
      parts.push(node("circle", { class: "point", cx: x(Math.min(size, line.sizes.at(-1))), cy: y(valueAt(line, size)), r: 0.26 * em }));
    const wanted = lines.map((line) => ({
      ...line,
      y: y(line.values.at(-1)),
      from: x(line.sizes.at(-1)),
      text: `${line.name} ${valueAt(line, size).toFixed(2)}`,
    }));
    for (const { y: height, from, at, text, dash } of spread(wanted, 1.3 * em, head, bottom)) {
      parts.push(node("path", { class: "leader", d: `M${from + 2},${height}L${right + 0.7 * em},${at}` }));
      parts.push(node("path", { class: "key", d: `M${right + 0.9 * em},${at}h${1.5 * em}`, "stroke-dasharray": dash }));
      parts.push(write(right + 2.8 * em, at, text, { class: "name" }));
    }
    svg.replaceChildren(...parts);
    root.under = (event) => Math.exp(low + ((event.clientX - chart.getBoundingClientRect().left - left) / (right - left)) * (high - low));
    root.x = x;
  }

  chart.onpointermove = (event) => {
    const asked = root.under?.(event);
    if (!lines.length || !(asked >= Math.exp(low) / 1.2 && asked <= sizes.at(-1) * 1.2)) return chart.onpointerleave();
    const near = sizes.reduce((best, each) => (Math.abs(Math.log(each / asked)) < Math.abs(Math.log(best / asked)) ? each : best));
    const row = (line) =>
      `${line.name} ${valueAt(line, near).toFixed(2)}${line.sizes.at(-1) < near ? ` (ends at ${whole(line.sizes.at(-1))})` : ""}`;
    tip.textContent = [counted(near, "piece"), ...lines.map(row)].join("\n");
    tip.hidden = false;
    tip.style.left = `${Math.max(0, Math.min(root.x(near) + 12, chart.clientWidth - tip.offsetWidth))}px`;
  };
  chart.onpointerleave = () => (tip.hidden = true);

  root.querySelector(".title").textContent = data.title;
  root.querySelector(".about").textContent = ` ${data.about}`;
  hint.hidden = lines.length > 0;
  hint.textContent = data.empty;
  const ends = lines.map(
    ({ name, sizes: own, values }) =>
      `${name}: ${values[0].toFixed(2)} at ${whole(own[0])}, ${values.at(-1).toFixed(2)} at ${whole(own.at(-1))}`,
  );
  svg.setAttribute("aria-label", `${data.title}. ${ends.join(". ")}.`);
  return drawSized(root, chart, frame);
}
