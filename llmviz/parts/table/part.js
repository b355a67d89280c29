// A table: a click on a column's head sorts by it, from the highest, from the lowest, and back to the rows' own order. Tells the server
// "sorted", a column and whether from the highest, and "open", the page and the run of a link that was clicked.

import { COLUMN, h, moved, render, walk } from "../shared/draw.js";
import { choice, part } from "../shared/run.js";

/** @import { Given, Props } from "../shared/types" @import { Bit, Cell, Column, Row, Table } from "./payload" */

/** @typedef {{ sort: number, down: boolean }} Order */

const NONE = -1;

/** The text with no line break between a number and its percent sign. @param {string} text */
const unbroken = (text) => text.replaceAll(" %", "\u00a0%");

/** The order after one more click on the head of a column. @param {Order} order @param {number} column @returns {Order} */
function next({ sort, down }, column) {
  if (sort !== column) return { sort: column, down: true };
  return down ? { sort, down: false } : { sort: NONE, down: true };
}

/** Rows that are pinned first, then by the column, those without a number last. @param {Row[]} rows @param {Order} order */
function sorted(rows, { sort, down }) {
  const pinned = rows.filter((row) => row.pinned);
  const others = rows.filter((row) => !row.pinned);
  const value = (/** @type {Row} */ row) => row.cells[sort]?.value ?? null;
  if (sort !== NONE) {
    others.sort((one, other) => {
      const [here, there] = [value(one), value(other)];
      if (here === null || there === null) return Number(here === null) - Number(there === null);
      return down ? there - here : here - there;
    });
  }
  return [...pinned, ...others];
}

export default part((/** @type {Given<Table>} */ { data, root, kept, redraw, tell }) => {
  const { columns, prose } = data;
  const state = kept(data.label, () => ({ heads: { seat: 0 }, links: { seat: 0 } }));
  const order = choice(state, /** @type {Order} */ ({ sort: data.sort, down: data.down }), data.visit);

  const sort = (/** @type {number} */ column) => {
    order.choose(next(order.now(), column));
    redraw();
    const now = order.now();
    tell("sorted", [now.sort, now.down ? 1 : 0]);
  };

  /** @param {Bit} bit @param {Props} seat */
  const said = ({ text: given, page, run }, seat) => {
    const text = unbroken(given);
    if (!page) return text;
    const href = run ? `${page}?run=${run}` : page;
    return h(
      "a",
      {
        href,
        ...seat,
        onclick(event) {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another window
          event.preventDefault();
          tell("open", [page, run]);
        },
      },
      text,
    );
  };

  return () => {
    const now = order.now();
    let links = 0;
    const seat = (/** @type {number} */ column) =>
      prose ? {} : { "data-column": column, tabindex: links++ === state.links.seat ? 0 : -1 };

    const head = (/** @type {Column} */ { name, about, sorts }, /** @type {number} */ column) => {
      const way = now.sort !== column ? "none" : now.down ? "descending" : "ascending";
      const mark = { none: "", descending: "▼", ascending: "▲" }[way];
      if (!sorts) return h("th", { scope: "col", role: "columnheader", "data-tip": about }, name);
      return h(
        "th",
        { scope: "col", role: "columnheader", "aria-sort": way },
        h(
          "button.head",
          { ...{ type: "button", "data-tip": about, tabindex: column === state.heads.seat ? 0 : -1 }, onclick: () => sort(column) },
          name,
          h("span.mark", { "aria-hidden": true }, mark),
        ),
      );
    };

    const cell = (/** @type {Cell} */ { bits, more, faint, tint }, /** @type {number} */ column) =>
      h(
        "td",
        { role: "cell", class: [faint && "faint", now.sort === column && "by"], style: tint ? `--tint: ${tint}` : null },
        h("span.label", {}, columns[column].name),
        h(
          "span.said",
          {},
          bits.map((bit) => said(bit, seat(column))),
        ),
        more.map((line) => h("span.more", {}, unbroken(line))),
      );

    const row = (/** @type {Row} */ { name, about, phase, depth, pinned, cells }) =>
      h(
        "tr",
        { role: "row", class: [pinned && "pinned"] },
        h(
          "th.row-name",
          { scope: "row", role: "rowheader", style: `--depth: ${now.sort === NONE ? depth : 0}` },
          h(
            "div",
            {},
            phase && h("i", { class: phase, "aria-hidden": true }),
            h("span", {}, h("b", {}, name), about && h("span.about", {}, about)),
          ),
        ),
        cells.map(cell),
      );

    const along = walk(state.links, "a");
    /** @type {Props["onkeydown"]} */
    const onkeydown = (event) => (event.key in COLUMN ? below(event) : along.onkeydown?.(event));
    const walked = prose ? {} : { ...along, onkeydown };
    const rows = sorted(data.rows, now);
    render(
      root,
      { class: ["table", prose && "prose"] },
      h(
        "table",
        { role: "table", "aria-label": data.label },
        h(
          "thead",
          { role: "rowgroup", ...walk(state.heads, ".head") },
          h("tr", { role: "row" }, h("th.corner", { scope: "col", role: "columnheader" }, data.corner), columns.map(head)),
        ),
        h("tbody", { role: "rowgroup", ...walked }, rows.map(row)),
      ),
    );
  };

  /** Go to the next link of the same column. @param {KeyboardEvent & { currentTarget: HTMLElement, target: Element }} event */
  function below(event) {
    const column = event.target.closest("[data-column]")?.getAttribute("data-column");
    const all = /** @type {HTMLElement[]} */ ([...event.currentTarget.querySelectorAll(`[data-column="${column}"]`)]);
    const to = moved(event, all.indexOf(/** @type {HTMLElement} */ (event.target)), all.length, COLUMN);
    if (to !== null) all[to]?.focus();
  }
});
