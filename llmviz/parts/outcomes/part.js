// How often something came out as wanted: a row for each kind, a column for each condition. A cell opens to what was asked and said; at first
// the one that is named is open, or that in which least came out as wanted.

import { counted, h, largest, moved, render, whole } from "../shared/draw.js";
import { part } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Example, Line, Outcomes } from "./payload" */

export default part((/** @type {Given<Outcomes & Shared>} */ { data, root, kept, redraw }) => () => {
  const { columns, groups, corner, of, noun, good, bad } = data;
  const lines = groups.flatMap((group) => group.lines);
  const cells = lines.flatMap((line) => line.cells.map((cell, column) => ({ line, cell, column })));
  const missed = cells.map(({ cell }) => (cell.count ? 1 - cell.good / cell.count : 0));
  const state = kept([data.group, columns, lines.map((line) => line.name)], () => ({ open: data.open ?? largest(missed) }));
  const open = cells[state.open];
  const named = (/** @type {Line} */ line, /** @type {number} */ column) =>
    line.cells.length > 1 ? `${line.name}, ${columns[column]}` : line.name;

  /** The cell that an arrow leads to: a row may have one cell across all columns. @param {KeyboardEvent} event @param {number} at */
  const next = (event, at) => {
    const { line, column } = cells[at];
    const other = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!other) return moved(event, at, cells.length);
    const there = lines[lines.indexOf(line) + other];
    const to = there ? cells.findIndex((cell) => cell.line === there && cell.column === Math.min(column, there.cells.length - 1)) : at;
    return moved(event, at, cells.length, { [event.key]: to - at });
  };

  /** @param {Line} line */
  const row = (line) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, line.name),
      line.cells.map((cell, column) => {
        const at = cells.findIndex((each) => each.line === line && each.column === column);
        const share = cell.count ? cell.good / cell.count : 0;
        return h(
          "td",
          { colspan: line.cells.length > 1 ? 1 : columns.length },
          h(
            "button.cell",
            {
              ...{ type: "button", "data-cell": at, "aria-pressed": at === state.open, tabindex: at === state.open ? 0 : -1 },
              ...{ style: `--share: ${Math.round(100 * share)}%`, class: !cell.count && "none" },
              "aria-label": `${named(line, column)}: ${whole(cell.good)} of ${whole(cell.count)} ${good}`,
              onclick() {
                state.open = at;
                redraw();
              },
            },
            cell.count ? `${whole(cell.good)} of ${whole(cell.count)}` : "–",
            cell.more && h("span.more", {}, cell.more),
          ),
        );
      }),
    );

  /** @param {Example} example */
  const told = ({ asked, said, lacks }) =>
    h(
      "li",
      { dir: "auto" },
      h("span.asked", {}, asked),
      h("span.said", {}, said || "(nothing)"),
      h("span.how", { class: lacks ? "bad" : "good" }, lacks ? `✗ ${lacks}` : `✓ ${good}`),
    );

  render(
    root,
    { class: "outcomes" },
    h(
      "table",
      {
        onkeydown(event) {
          const at = Number(/** @type {HTMLElement} */ (event.target).dataset.cell ?? -1);
          if (at < 0) return;
          const to = next(event, at);
          if (to !== null) /** @type {HTMLElement | null} */ (root.querySelector(`[data-cell="${to}"]`))?.focus();
        },
      },
      of && h("caption", {}, of),
      h(
        "tr",
        {},
        h("th.corner", { scope: "col" }, corner),
        columns.map((column) => h("th", { scope: "col" }, column)),
      ),
      groups.map((group) => [
        group.title && h("tr", {}, h("th.group", { scope: "colgroup", colspan: columns.length + 1 }, group.title)),
        group.lines.map(row),
      ]),
    ),
    h(
      "div.examples",
      { "aria-live": "polite" },
      open && [
        h(
          "h3",
          {},
          named(open.line, open.column),
          h("span.about", {}, ` ${counted(open.cell.count, noun)}, ${whole(open.cell.count - open.cell.good)} ${bad}`),
        ),
        h("ul", {}, open.cell.examples.map(told)),
      ],
    ),
  );
});
