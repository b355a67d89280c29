// @ts-nocheck
import { counted, whole } from "../shared/format.js";
import { make } from "../shared/old.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST = 2;
const STEP = 22,
  MIDDLE = 17,
  DOT = 5,
  LOW = 400; // pixels: between generations, from the top of a row to its dot, the dot, below any row
const KEYS = [
  ["random", "random weights"],
  ["pretrained", "pretrained"],
  ["finetuned", "fine-tuned"],
];

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lineage");
  const list = root.querySelector(".rows");
  const shape = JSON.stringify(data.rows);
  if (JSON.stringify(data.ticked) !== root.told) {
    root.told = JSON.stringify(data.ticked);
    root.ticked = [...data.ticked];
  }
  root.seat = Math.min(root.seat ?? 0, Math.max(0, data.rows.length - 1));

  const svg = (tag, attributes) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  // The lines from a run to its parent: a rail for each generation that goes on below, then the bend, then the dot. A root hangs from
  // a grey dot, the random start.
  function branch({ rails, phase, scratch, key }) {
    const depth = rails.length;
    const x = (generation) => 8 + STEP * generation;
    const drawn = svg("svg", { class: "branch", width: x(depth + 1) + DOT + 2, height: 34, "aria-hidden": true });
    rails.forEach((on, generation) => {
      const last = generation === depth - 1;
      const at = x(generation + 1);
      if (last) drawn.append(svg("path", { d: `M${at},-1V${MIDDLE - 6}q0,6 6,6H${x(depth + 1)}` }));
      if (on) drawn.append(svg("path", { d: `M${at},-1V${LOW}` }));
    });
    if (scratch) {
      drawn.append(svg("path", { d: `M${x(0)},${MIDDLE}H${x(1)}` }), svg("circle", { class: "random", cx: x(0), cy: MIDDLE, r: DOT - 1 }));
    }
    drawn.append(svg("circle", { class: key ? phase : "ghost", cx: x(depth + 1), cy: MIDDLE, r: DOT }));
    return drawn;
  }

  function row(run) {
    const line = make("div", { class: "row", role: "row", "aria-level": run.rails.length + 1, "data-key": run.key, title: run.about });
    line.classList.toggle("faint", run.faint);
    line.classList.toggle("missing", !run.key);
    const name = make("span", { class: "name", role: "gridcell" }),
      tree = branch(run);
    line.style.setProperty("--indent", `${tree.getAttribute("width")}px`);
    name.append(make("span", { class: "tick", "aria-hidden": "true" }), tree, make("b", {}, run.title));
    if (run.kind) name.append(make("span", { class: "chip" }, run.kind));
    if (run.state) name.append(make("span", { class: `chip ${run.tone}` }, run.state));
    line.append(name, make("span", { class: "settings", role: "gridcell", title: run.settings }, run.settings));
    for (const [text, looks] of [
      [run.figures, "figures"],
      [run.time, "number"],
      [run.size, "number"],
      [run.when, "number"],
    ])
      line.append(make("span", { class: looks, role: "gridcell" }, text));
    return line;
  }

  if (root.shape !== shape) {
    const focused = root.getRootNode().activeElement?.closest?.(".row")?.dataset.key;
    root.shape = shape;
    list.replaceChildren(...data.rows.map(row));
    if (focused) [...list.children].find((line) => line.dataset.key === focused)?.focus({ preventScroll: true });
    const shown = data.count === data.of ? counted(data.of, "run") : `${whole(data.count)} of ${counted(data.of, "run")}`;
    const keys = KEYS.map(([name, text]) => {
      const key = make("span", { class: "key" });
      key.append(make("i", { class: name }), make("span", {}, text));
      return key;
    });
    root.querySelector(".note").replaceChildren(make("span", {}, `${shown} · tick one to open it, two to compare them`), ...keys);
  }

  function draw() {
    [...list.children].forEach((line, place) => {
      const on = root.ticked.includes(line.dataset.key);
      line.setAttribute("aria-selected", on);
      line.tabIndex = place === root.seat ? 0 : -1;
      line.querySelector(".tick").textContent = on ? "✓" : "";
    });
  }

  function tick(line) {
    const key = line.dataset.key;
    if (!key) return;
    root.ticked = root.ticked.includes(key) ? root.ticked.filter((other) => other !== key) : [...root.ticked, key].slice(-MOST);
    draw();
    setTriggerValue("ticked", root.ticked);
  }

  list.onclick = (event) => {
    const line = event.target.closest(".row");
    if (!line) return;
    root.seat = [...list.children].indexOf(line);
    tick(line);
  };
  list.onkeydown = (event) => {
    const last = list.children.length - 1;
    const seats = { ArrowDown: root.seat + 1, ArrowUp: root.seat - 1, Home: 0, End: last };
    if (event.key === " " || event.key === "Enter") tick(list.children[root.seat]);
    else if (event.key in seats) root.seat = Math.max(0, Math.min(last, seats[event.key]));
    else return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with some of these keys
    draw();
    list.children[root.seat]?.focus();
  };

  draw();
}
