// @ts-nocheck
// Curves of several runs in one chart, each labelled at its end; under the mouse the exact values.
//
// data: title, about, total, share (whether values are shares), lines [{name, phase, dash, steps, values}], bounds [{name, value}]

import { path, spread, ticks } from "../curve/scale.js";
import { percent, whole } from "../shared/format.js";
import { drawSized } from "../shared/resize.js";
import { placeOf } from "../shared/step.js";

const SVG = "http://www.w3.org/2000/svg";

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".overlay");
  const [svg, chart, tip] = ["svg", ".chart", ".tip"].map((name) => root.querySelector(name));
  const { bounds, total, share } = data;
  const lines = data.lines.filter(({ steps }) => steps.length);
  const every = [...lines.flatMap(({ values }) => values), ...bounds.map(({ value }) => value)];
  const top = share ? 1 : 1.06 * Math.max(1e-9, ...every);
  const written = (value) => (share ? percent(value) : value.toFixed(2));
  const valueAt = ({ steps, values }, step) => values[placeOf(steps, step)];

  const node = (tag, attributes, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  function frame() {
    const em = parseFloat(getComputedStyle(root).fontSize);
    const left = 2.9 * em,
      right = chart.clientWidth - 9.5 * em,
      bottom = chart.clientHeight - 1.5 * em,
      head = 0.6 * em;
    const x = (step) => left + ((right - left) * step) / Math.max(1, total);
    const y = (value) => bottom - ((bottom - head) * Math.min(value, top)) / top;
    const write = (at, height, text, looks = {}) => node("text", { x: at, y: height + 0.3 * em, ...looks }, text);
    const parts = [];
    for (const tick of share ? [0, 0.5, 1] : ticks(top, 3)) {
      parts.push(node("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }));
      parts.push(write(left - 0.5 * em, y(tick), share ? percent(tick) : tick, { "text-anchor": "end" }));
    }
    for (const tick of ticks(total, 4))
      parts.push(write(x(tick), bottom + 1.05 * em, tick ? whole(tick) : "step 0", { "text-anchor": "middle" }));
    for (const { value } of bounds) parts.push(node("line", { class: "bound", x1: left, x2: right, y1: y(value), y2: y(value) }));
    for (const { steps, values, phase, dash } of lines)
      parts.push(node("path", { class: `line ${phase}`, d: path(steps, values, x, y), "stroke-dasharray": dash }));
    const wanted = [
      ...lines.map(({ name, values, phase, dash }) => ({
        y: y(values.at(-1)),
        text: `${name} ${written(values.at(-1))}`,
        phase,
        dash,
        looks: "name",
      })),
      ...bounds.map(({ name, value }) => ({ y: y(value), text: `${name} ${written(value)}`, looks: "" })),
    ];
    for (const { y: from, at, text, phase, dash, looks } of spread(wanted, 1.2 * em, head, bottom)) {
      parts.push(node("path", { class: "leader", d: `M${right + 2},${from}L${right + 0.7 * em},${at}` }));
      if (phase) parts.push(node("path", { class: `key ${phase}`, d: `M${right + 0.8 * em},${at}h${1.4 * em}`, "stroke-dasharray": dash }));
      parts.push(write(right + (phase ? 2.5 : 0.8) * em, at, text, { class: looks }));
    }
    root.ghost = node("line", { class: "ghost", y1: head, y2: bottom, visibility: "hidden" });
    svg.replaceChildren(...parts, root.ghost);
    root.stepUnder = (event) => Math.round(((event.clientX - chart.getBoundingClientRect().left - left) / (right - left)) * total);
    root.x = x;
  }

  chart.onpointermove = (event) => {
    const step = root.stepUnder(event);
    if (step < 0 || step > total) return chart.onpointerleave();
    const rows = lines.map((line) => `${line.name} ${valueAt(line, step) === undefined ? "–" : written(valueAt(line, step))}`);
    tip.textContent = [`step ${whole(step)}`, ...rows].join("\n");
    tip.hidden = false;
    root.ghost.setAttribute("visibility", "visible");
    root.ghost.setAttribute("x1", root.x(step));
    root.ghost.setAttribute("x2", root.x(step));
    tip.style.left = `${Math.max(0, Math.min(root.x(step) + 12, chart.clientWidth - tip.offsetWidth))}px`;
  };
  chart.onpointerleave = () => {
    tip.hidden = true;
    root.ghost.setAttribute("visibility", "hidden");
  };

  root.querySelector(".title").textContent = data.title;
  root.querySelector(".about").textContent = data.about ? ` ${data.about}` : "";
  const ends = lines.map(
    ({ name, steps, values }) =>
      `${name}: ${written(values[0])} at step ${steps[0]}, ${written(values.at(-1))} at step ${whole(steps.at(-1))}`,
  );
  svg.setAttribute("aria-label", `${data.title}. ${ends.join(". ")}.`);
  return drawSized(root, chart, frame);
}
