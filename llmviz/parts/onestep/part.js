// @ts-nocheck
// One training step, opened: a text as the model reads it, then from left to right what it guesses, its loss, the gradient, the move of the
// weights, and what it guesses after it; below, how the words asked for have fared over the steps looked at.
//
// data: group, phase, next, batch, first, lead, count, loss [before, after], layers [{name, gradient, moved, movers}], whole, clip, cut,
//       movers [[name, rate]], trail [step], texts [{tokens, nats [2], targets [{place, truth, fate, nats [2], likeliest [2][[word, share]],
//       trail [share]}]}]
// The last two of each trail are before and after the step that is open. Which text and which word is chosen stays in the browser.

import { path, ticks } from "../curve/scale.js";
import { exactly, percent, whole } from "../shared/format.js";
import { make } from "../shared/old.js";
import { drawSized } from "../shared/resize.js";

const SVG = "http://www.w3.org/2000/svg";
const CANDIDATES = 5;

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".onestep");
  const at = (selector) => root.querySelector(selector);
  const tokens = at(".tokens"),
    svg = at("svg"),
    chart = at(".chart");
  const about = JSON.stringify([data.group, data.batch]);
  if (root.about !== about) Object.assign(root, { about, text: 0, target: null, shape: null });
  const text = () => data.texts[root.text];
  const target = () => text().targets[root.target];
  const [before, after] = [(one) => one.trail.at(-2), (one) => one.trail.at(-1)];
  // A single step may move a small probability by a tenth of a percent.
  const fine = (share) => (share >= 0.0995 ? percent(share) : share > 0 && share < 0.0005 ? "<0.1%" : `${(100 * share).toFixed(1)}%`);
  const nats = (value) => value.toFixed(2);
  const signed = (value) => (value === 0 ? "0" : Number(value.toPrecision(2)).toString());

  function turn(by) {
    root.text = Math.max(0, Math.min(data.texts.length - 1, root.text + by));
    root.target = null;
    draw();
  }
  at(".back").onclick = () => turn(-1);
  at(".on").onclick = () => turn(1);

  // The word that the step makes most more likely: there is most to see.
  function liveliest() {
    const gains = text().targets.map((one) => after(one) - before(one));
    return gains.indexOf(Math.max(...gains));
  }

  function words() {
    const shape = JSON.stringify([about, root.text]);
    if (root.shape === shape) return;
    root.shape = shape;
    const asked = new Map(text().targets.map((one, index) => [one.place, index]));
    tokens.replaceChildren(...text().tokens.map((word, place) => (asked.has(place) ? button(word, asked.get(place)) : plain(word))));
  }

  function plain(word) {
    const box = make("span", { class: "token" });
    box.append(make("span", { class: "word" }, word));
    return box;
  }

  function button(word, index) {
    const { truth, fate } = text().targets[index];
    const box = make("button", { type: "button", class: `token ${fate}`, "data-target": index });
    const two = make("span", { class: "two", "aria-hidden": "true" });
    two.append(make("i"), make("i"));
    box.append(make("span", { class: "word" }, word), make("span", { class: "truth" }, fate === "next" ? "" : truth), two);
    return box;
  }

  const choose = (index) => {
    root.target = index;
    draw();
  };
  tokens.onclick = (event) => {
    const pressed = event.target.closest("button");
    if (pressed) choose(Number(pressed.dataset.target));
  };
  tokens.onkeydown = (event) => {
    const last = text().targets.length - 1;
    const seats = { ArrowRight: root.target + 1, ArrowLeft: root.target - 1, Home: 0, End: last };
    if (!(event.key in seats)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    choose(Math.max(0, Math.min(last, seats[event.key])));
    tokens.querySelector("[aria-pressed=true]").focus();
  };

  const FATES = { hidden: "hidden", swapped: "another word stands there", left: "left as it is", next: "comes next", label: "the label" };
  function drawTokens() {
    for (const box of tokens.querySelectorAll("button")) {
      const one = text().targets[Number(box.dataset.target)];
      const chosen = one === target();
      box.setAttribute("aria-pressed", chosen);
      box.tabIndex = chosen ? 0 : -1;
      [before(one), after(one)].forEach((share, index) => box.querySelectorAll(".two i")[index].style.setProperty("--level", share));
      box.title = `${one.truth}, ${FATES[one.fate]}: ${exactly(before(one))} before the step, ${exactly(after(one))} after it`;
      box.setAttribute("aria-label", box.title);
    }
  }

  // Rows of bars behind words, made once and filled again, so that only what changed moves.
  function rows(list, wanted) {
    while (list.children.length < wanted.length) {
      const row = make("div", { class: "row" }),
        track = make("span", { class: "track", "aria-hidden": "true" }),
        name = make("span", { class: "name" });
      name.append(make("bdi"), make("span", { class: "tick" }));
      track.append(make("span", { class: "fill" }));
      row.append(track, name, make("span", { class: "value" }));
      list.append(row);
    }
    while (list.children.length > wanted.length) list.lastChild.remove();
    wanted.forEach(({ name, level, value, right, outside, title }, index) => {
      const row = list.children[index];
      row.className = ["row", right && "right", outside && "outside"].filter(Boolean).join(" ");
      row.querySelector("bdi").textContent = name;
      row.querySelector(".tick").textContent = right ? " ✓" : "";
      row.querySelector(".fill").style.transform = `scaleX(${level})`;
      row.querySelector(".value").textContent = value;
      row.title = title;
    });
  }

  function guess(section, when, share) {
    const { truth, likeliest } = target();
    const best = likeliest[when].slice(0, CANDIDATES);
    const wanted = best.map(([name, level]) => ({ name, level, right: name === truth }));
    if (!wanted.some(({ right }) => right)) wanted.splice(CANDIDATES - 1, 1, { name: truth, level: share, right: true, outside: true });
    rows(
      at(`.${section} .rows`),
      wanted.map((row) => ({
        ...row,
        value: fine(row.level),
        title: `${row.name}${row.right ? ", which is right" : ""}: ${exactly(row.level)}`,
      })),
    );
  }

  function loss() {
    const [one] = target().nats,
      share = before(target());
    at(".loss .sum").textContent = `−ln ${Number(share.toPrecision(3))} = ${nats(one)} nats`;
    const asked = text().targets.length;
    const said = [
      [asked === 1 ? "this text" : `this text, all ${asked}`, text().nats[0]],
      [`the batch of step ${whole(data.next)}`, data.loss[0]],
      ["the same after the step", data.loss[1]],
    ];
    at(".loss dl").replaceChildren(...said.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, nats(value))]));
  }

  function layers() {
    const most = (field) => Math.max(1e-12, ...data.layers.map((layer) => layer[field]));
    const [far, long] = [most("moved"), most("gradient")];
    rows(
      at(".gradient .rows"),
      data.layers.map(({ name, gradient }) => ({ name, level: gradient / long, value: signed(gradient), title: `${name}: ${gradient}` })),
    );
    rows(
      at(".update .rows"),
      data.layers.map(({ name, moved, movers }) => ({
        name,
        level: moved / far,
        value: exactly(moved),
        title: `${name}: ${exactly(moved)} of its length, by ${movers.join(" and ")}`,
      })),
    );
    const together = `All together ${Number(data.whole.toPrecision(3))}`;
    at(".gradient .below").textContent =
      data.cut < 1
        ? `${together}: more than ${data.clip}, so all are cut to ${percent(data.cut)}.`
        : data.clip
          ? `${together}: not more than ${data.clip}, so nothing is cut.`
          : `${together}. Nothing is cut in this run.`;
    at(".update .below").textContent =
      `${data.movers.map(([name, rate]) => `${name} at ${signed(rate)}`).join(", ")}: the learning ${data.movers.length > 1 ? "rates" : "rate"} of this step.`;
  }

  function past() {
    const em = parseFloat(getComputedStyle(root).fontSize);
    const steps = data.trail,
      left = 2.9 * em,
      right = Math.max(left + 4 * em, chart.clientWidth - 11 * em),
      bottom = chart.clientHeight - 1.5 * em,
      head = 0.5 * em;
    const x = (step) => left + ((right - left) * (step - steps[0])) / (steps.at(-1) - steps[0]);
    const top = Math.min(1, 1.2 * Math.max(0.001, ...target().trail)); // as high as the chosen word needs; others may leave the picture
    const y = (share) => bottom - ((bottom - head) * share) / top;
    const shape = (tag, attributes, said) => {
      const element = document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      if (said !== undefined) element.textContent = said;
      return element;
    };
    const inside = shape("svg", {
      class: "inside",
      y: head - 3,
      width: right + 8,
      height: bottom - head + 8,
      viewBox: `0 ${head - 3} ${right + 8} ${bottom - head + 8}`,
    });
    const parts = [inside];
    const node = (...given) => parts.push(shape(...given));
    for (const tick of ticks(top, 2)) {
      node("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) });
      node("text", { x: left - 0.5 * em, y: y(tick) + 0.3 * em, "text-anchor": "end" }, `${Number((100 * tick).toPrecision(3))}%`);
    }
    let free = -Infinity; // from here on there is room for a label
    steps.forEach((step, index) => {
      const last = index === steps.length - 1,
        wide = (index ? 3.2 : 7) * em;
      if (x(step) < free || (index && !last && x(step) > right - 4.5 * em)) return;
      free = x(step) + wide;
      node(
        "text",
        { x: x(step), y: bottom + 1.15 * em, "text-anchor": index ? (last ? "end" : "middle") : "start" },
        `${index ? "" : "after step "}${whole(step)}`,
      );
    });
    const line = (one, looks) => {
      const values = one.trail;
      if (steps.length > 2)
        inside.append(shape("path", { class: `line ${looks}`, d: path(steps.slice(0, -1), values.slice(0, -1), x, y) }));
      inside.append(shape("path", { class: `line ahead ${looks}`, d: path(steps.slice(-2), values.slice(-2), x, y) }));
    };
    for (const one of text().targets) if (one !== target()) line(one, "");
    line(target(), "chosen");
    steps.forEach((step, index) =>
      node("circle", { class: `dot${index === steps.length - 1 ? " ahead" : ""}`, cx: x(step), cy: y(target().trail[index]), r: 4 }),
    );
    node("text", { class: "name", x: right + 0.8 * em, y: y(after(target())) + 0.3 * em }, `${target().truth} ${fine(after(target()))}`);
    svg.replaceChildren(...parts);
    const shares = target().trail.map(fine).join(", ");
    svg.setAttribute(
      "aria-label",
      `Probability of “${target().truth}” before each step looked at, and after the one that is open: ${shares}.`,
    );
  }

  function draw() {
    root.text = Math.min(root.text, data.texts.length - 1);
    root.target ??= liveliest();
    root.classList.toggle("finetuned", data.phase === "finetuned");
    const own = data.batch === data.next,
      others = data.count - 1;
    at(".top .title").textContent = `Step ${whole(data.next)}, taken apart`;
    at(".top .about").textContent = own
      ? ` · it learns from this text${others ? ` and ${whole(others)} others` : ""}`
      : ` · this text was in the batch of step ${whole(data.batch)}`;
    const shown = data.texts.length;
    at(".which").textContent = `text ${root.text + 1} of ${shown}`;
    at(".which").title =
      shown < data.count ? `The first ${shown} of the ${whole(data.count)} texts in the batch` : `All texts of the batch`;
    at(".back").disabled = root.text === 0;
    at(".on").disabled = root.text === shown - 1;
    at(".first").textContent = data.first;
    at(".lead").textContent = data.lead;
    words();
    drawTokens();
    at(".before .about").textContent = `what the model finds likely for “${target().truth}”`;
    at(".after .about").textContent = "the same, with the weights after the step";
    guess("before", 0, before(target()));
    guess("after", 1, after(target()));
    loss();
    layers();
    at(".past .title").textContent = "Step by step";
    at(".past .about").textContent =
      ` · how probable “${target().truth}” is${text().targets.length > 1 ? ", and the other words asked for (thin)" : ""}. Dashed: the step that is open; with it the loss of this text goes from ${nats(text().nats[0])} to ${nats(text().nats[1])}.`;
    past();
    const heard = `${target().truth}: ${fine(before(target()))} before step ${whole(data.next)}, ${fine(after(target()))} after it.`;
    if (root.heard !== heard) at(".unseen").textContent = root.heard = heard;
  }
  return drawSized(root, root, draw);
}
