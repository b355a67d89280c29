// The confusion matrix: a row for each true label, a column for each label given. A cell opens to examples below; the first mistakes are open.

import { counted, h, largest, moved, render, whole } from "../shared/draw.js";
import { part } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Confusion } from "./payload" */

const MANY = 7; // labels from which on cells are narrow

export default part((/** @type {Given<Confusion & Shared>} */ { data, root, kept, redraw }) => () => {
  const { labels, counts, examples, of, noun } = data;
  const size = labels.length;
  const cells = counts.flat();
  const mistakes = cells.map((count, cell) => (Math.floor(cell / size) === cell % size ? -1 : count));
  const state = kept([data.group, labels, counts], () => ({ open: largest(mistakes) }));
  const row = Math.floor(state.open / size);
  const column = state.open % size;
  const sums = counts.map((each) => each.reduce((sum, count) => sum + count, 0) || 1);
  const found = examples[row][column];
  const right = row === column;
  const told = right ? `${labels[row]}, and called so` : `${labels[row]}, called ${labels[column]}`;

  render(
    root,
    { class: ["confusion", size > MANY && "many"] },
    h(
      "table",
      {
        onkeydown(event) {
          const cell = Number(/** @type {HTMLElement} */ (event.target).dataset.cell ?? -1);
          if (cell < 0) return;
          const next = moved(event, cell, cells.length, { ArrowRight: 1, ArrowLeft: -1, ArrowDown: size, ArrowUp: -size });
          if (next !== null) /** @type {HTMLElement | null} */ (root.querySelector(`[data-cell="${next}"]`))?.focus();
        },
      },
      h("caption", {}, of),
      h(
        "tr",
        {},
        h("th.corner", { scope: "col" }, "truth ↓   called →"),
        labels.map((label) => h("th", { scope: "col" }, h("span", { "data-tip": label }, label))),
      ),
      labels.map((label, truth) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, label),
          counts[truth].map((count, given) => {
            const cell = truth * size + given;
            return h(
              "td",
              {},
              h(
                "button.cell",
                {
                  ...{ type: "button", "data-cell": cell, "aria-pressed": cell === state.open, tabindex: cell === state.open ? 0 : -1 },
                  ...{
                    class: [truth === given ? "right" : "wrong", !count && "none"],
                    style: `--share: ${Math.round((100 * count) / sums[truth])}%`,
                  },
                  "aria-label": `${label} called ${labels[given]}: ${counted(count, "time")}`,
                  onclick() {
                    state.open = cell;
                    redraw();
                  },
                },
                whole(count),
              ),
            );
          }),
        ),
      ),
    ),
    h(
      "div.examples",
      { "aria-live": "polite" },
      h("h3", {}, told, h("span.about", {}, ` ${counted(counts[row][column], noun)}`)),
      found.length
        ? h(
            "ul",
            {},
            found.map(({ bits }) =>
              h(
                "li",
                { dir: "auto" },
                bits.map(([text, marked]) => (marked ? h("mark", {}, text) : text)),
              ),
            ),
          )
        : h("p", {}, `No held-out ${noun} is called so.`),
      counts[row][column] > found.length && found.length > 0 && h("p.note", {}, "The first of them."),
    ),
  );
});
