// Beam search as a tree: each column is a round, each word a token that was looked at; thick is the likeliest continuation found.

import { write } from "../shared/charts.js";
import { exactly, h, slots, tabStops, told, walk } from "../shared/draw.js";
import { begun, part, placeOf, sizeOf, stepName, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Node, Tree } from "./payload" */

const TALL = 2.3; // em: how high a node is that was kept
const FLAT = 1.25; // em: and one that was given up
const MOST = 26; // letters shown of the beginning

const negative = (/** @type {number} */ number) => number.toFixed(2).replace("-", "−");
const heard = (/** @type {Node} */ { word, chance, score, kept, best, depth }) =>
  `round ${depth}: ${word}: p = ${exactly(Math.exp(chance))} here, ln p of the text ${negative(score)}${best ? ", on the best way" : kept ? "" : "; given up"}`;

/** Where the nodes stand: each round is a column, in the order of the nodes they go on from. @param {Node[]} tree */
function layout(tree) {
  const height = (/** @type {number} */ place) => (tree[place].kept ? TALL : FLAT);
  const columns = Map.groupBy(tree.keys(), (place) => tree[place].depth);
  const tallOf = (/** @type {number[]} */ column) => column.reduce((sum, place) => sum + height(place), 0);
  const tall = Math.max(...[...columns.values()].map(tallOf));
  const rows = tree.map(() => 0);
  for (const column of columns.values()) {
    const above = (/** @type {number} */ place) => rows[tree[place].parent] ?? 0;
    column.sort((one, other) => above(one) - above(other) || one - other);
    let next = (tall - tallOf(column)) / 2;
    for (const place of column) {
      rows[place] = next + height(place) / 2;
      next += height(place);
    }
  }
  return { rows, tall };
}

export default part(
  (/** @type {Given<Tree & Shared>} */ { data, root, shared, kept }) =>
    () => {
      const index = placeOf(data.steps, stepOf(shared));
      const tree = data.trees[index];
      const size = sizeOf(root, ".scroll");
      const state = kept(data.group, () => ({ seat: 0 }));
      const tab = tabStops(state, tree?.length ?? 0);

      /** @param {{ width: number, em: number }} size */
      function drawn({ width: room, em }) {
        const { rows, tall } = layout(tree);
        const deep = Math.max(...tree.map(({ depth }) => depth));
        const left = Math.min(16, 1.5 + 0.55 * data.beginning.length) * em;
        const wide = Math.max(6.4 * em, (room - left - 3 * em) / deep);
        const x = (/** @type {number} */ depth) => left + (depth - 1) * wide;
        const y = (/** @type {number} */ row) => (row + 0.4) * em;
        const look = (/** @type {Node} */ { kept: followed, best }) => (best ? "best" : followed ? "kept" : "");
        const at = /** @type {import("../shared/types").Panel} */ ({ em });

        const edges = tree.map((node, place) => {
          const parent = tree[node.parent];
          const from = parent
            ? { x: x(parent.depth) + Math.min(wide - 1.6 * em, 0.6 * em * parent.word.length + 0.4 * em), y: y(rows[node.parent]) }
            : { x: left - 1.2 * em, y: y(tall / 2) };
          const to = { x: x(node.depth) - 0.35 * em, y: y(rows[place]) };
          const middle = to.x - 0.9 * em;
          const d = `M${from.x},${from.y}H${Math.min(from.x, middle)}C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`;
          return h("path.edge", { class: look(node), d });
        });
        const words = tree.map((node, place) =>
          h(
            "g",
            { class: look(node), role: "img", tabindex: tab(), ...told(heard(node)) },
            write(at, x(node.depth), y(rows[place]) - (node.kept ? 0.38 * em : 0), node.word, { class: "word" }),
            node.kept && write(at, x(node.depth), y(rows[place]) + 0.52 * em, negative(node.score), { class: "score" }),
          ),
        );
        const begins = data.beginning.length > MOST ? `…${data.beginning.slice(1 - MOST)}` : data.beginning || "(nothing)";
        const box = { width: left + deep * wide + em, height: (tall + 0.8) * em };
        return h("svg", { ...box, ...walk(state, "g") }, edges, write(at, 0, y(tall / 2), begins, { class: "word" }), words);
      }

      slots(
        root,
        { class: begun(shared) },
        {
          ".said": tree && `At ${stepName(shared, data.steps[index])}: ${data.said[index]}`,
          ".scroll": [tree && size && drawn(size)],
          ".key":
            tree &&
            `Under each word ln p of the text up to it. Each round looks at ${data.width} next tokens of every continuation it follows, and keeps the ${data.width} best of all; dotted: given up.`,
        },
      );
    },
  ".scroll",
);
