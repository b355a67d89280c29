// @ts-nocheck
// Beam search as a tree: each column is a round, each word a token that was looked at; thick is the likeliest continuation found.
//
// data: group, visit, step, beginning, width, steps, trees [step][{parent, depth, word, chance, score, kept, best, greedy}], said [step]

import { exactly } from "../shared/format.js";
import { follow, make } from "../shared/old.js";
import { drawSized } from "../shared/resize.js";
import { group, placeOf, stepName, stepOf } from "../shared/step.js";

const SVG = "http://www.w3.org/2000/svg";

const negative = (number) => number.toFixed(2).replace("-", "−");

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".tree");
  const svg = root.querySelector("svg");
  const list = root.querySelector("ol");
  const shared = group(data);

  const node = (tag, attributes, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // Each round is a column: nodes stand in the order of the nodes they go on from, given-up ones closer together.
  const KEPT = 2.3,
    GIVEN_UP = 1.25; // heights in em

  function rows(tree) {
    const at = tree.map(() => 0);
    const columns = [];
    tree.forEach(({ depth }, place) => (columns[depth - 1] ??= []).push(place));
    const height = (place) => (tree[place].kept ? KEPT : GIVEN_UP);
    const tall = Math.max(...columns.map((column) => column.reduce((sum, place) => sum + height(place), 0)));
    for (const column of columns) {
      const above = (place) => (tree[place].parent < 0 ? 0 : at[tree[place].parent]);
      column.sort((one, other) => above(one) - above(other) || one - other);
      let next = (tall - column.reduce((sum, place) => sum + height(place), 0)) / 2;
      for (const place of column) {
        at[place] = next + height(place) / 2;
        next += height(place);
      }
    }
    return { at, tall };
  }

  function draw() {
    const index = placeOf(data.steps, stepOf(shared));
    const tree = data.trees[index];
    root.querySelector(".said").textContent = tree ? `At ${stepName(shared, data.steps[index])}: ${data.said[index]}` : "";
    root.querySelector(".key").textContent = tree
      ? `Under each word ln p of the text up to it. Each round looks at ${data.width} next tokens of every continuation it follows, and keeps the ${data.width} best of all; dotted: given up.`
      : "";
    if (!tree) return svg.replaceChildren();
    const em = parseFloat(getComputedStyle(root).fontSize);
    const deep = Math.max(...tree.map(({ depth }) => depth));
    const left = Math.min(16, 1.5 + 0.55 * data.beginning.length) * em;
    const wide = Math.max(6.4 * em, (root.clientWidth - left - 3 * em) / deep);
    const { at, tall } = rows(tree);
    const x = (depth) => (depth ? left + (depth - 1) * wide : 0);
    const y = (row) => (row + 0.4) * em;
    const start = tall / 2;
    const width = left + deep * wide + em;
    const parts = [];
    svg.setAttribute("width", width);
    svg.setAttribute("height", (tall + 0.8) * em);
    const name = ({ kept, best }) => (best ? "best" : kept ? "kept" : "");
    tree.forEach((given, place) => {
      const from =
        given.parent < 0
          ? { x: left - 1.2 * em, y: y(start) }
          : {
              x: x(given.depth - 1) + Math.min(wide - 1.6 * em, 0.6 * em * tree[given.parent].word.length + 0.4 * em),
              y: y(at[given.parent]),
            };
      const to = { x: x(given.depth) - 0.35 * em, y: y(at[place]) };
      const middle = to.x - 0.9 * em;
      parts.push(
        node("path", {
          class: `edge ${name(given)}`,
          d: `M${from.x},${from.y}H${Math.min(from.x, middle)}C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`,
        }),
      );
    });
    parts.push(
      node(
        "text",
        { class: "word", x: 0, y: y(start) + 0.3 * em },
        data.beginning.length > 26 ? `…${data.beginning.slice(-25)}` : data.beginning || "(nothing)",
      ),
    );
    tree.forEach((given, place) => {
      const box = node("g", { class: name(given) });
      box.append(
        node("text", { class: "word", x: x(given.depth), y: y(at[place]) + (given.kept ? -0.08 : 0.3) * em }, given.word),
        ...(given.kept ? [node("text", { class: "score", x: x(given.depth), y: y(at[place]) + 0.82 * em }, negative(given.score))] : []),
        node(
          "title",
          {},
          `${given.word}: p = ${exactly(Math.exp(given.chance))} here, ln p of the text ${negative(given.score)}${given.kept ? "" : "; given up"}`,
        ),
      );
      parts.push(box);
    });
    svg.replaceChildren(...parts);
    list.replaceChildren(
      ...tree
        .filter(({ kept }) => kept)
        .map((given) =>
          make("li", {}, `round ${given.depth}: ${given.word}, ln p ${negative(given.score)}${given.best ? ", on the best way" : ""}`),
        ),
    );
  }

  const unwatch = drawSized(root, root, draw);
  const unfollow = follow(root, shared, draw);
  return () => {
    unwatch();
    unfollow();
  };
}
