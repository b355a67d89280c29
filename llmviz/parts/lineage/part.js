// All runs as a tree. At most two rows are ticked. Tells the server "ticked", the list of keys: a tick is shown at once; the server draws what
// follows from it.

import { COLUMN, counted, h, slots, tabStops, walk, whole } from "../shared/draw.js";
import { part } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Lineage, Run } from "./payload" */

const MOST = 2;
const STEP = 22; // pixels between generations
const MIDDLE = 17; // pixels from the top of a row to its dot
const DOT = 5; // pixels of its radius
const LOW = 400; // pixels: below any row

const x = (/** @type {number} */ generation) => 8 + STEP * generation;
const wide = (/** @type {Run} */ { rails }) => x(rails.length + 1) + DOT + 2;

/** The lines from a run to its parent: a rail for each generation that goes on below, then the bend, then the dot. A root hangs from a grey dot, the
 * random start. @param {Run} run */
const branch = (run) => {
  const { rails, phase, scratch, key } = run;
  return h(
    "svg.branch",
    { width: wide(run), height: 34, "aria-hidden": true },
    rails.map((on, generation) => [
      generation === rails.length - 1 && h("path", { d: `M${x(generation + 1)},-1V${MIDDLE - 6}q0,6 6,6H${x(rails.length + 1)}` }),
      on && h("path", { d: `M${x(generation + 1)},-1V${LOW}` }),
    ]),
    scratch && [h("path", { d: `M${x(0)},${MIDDLE}H${x(1)}` }), h("circle.random", { cx: x(0), cy: MIDDLE, r: DOT - 1 })],
    h("circle", { class: key ? phase : "ghost", cx: x(rails.length + 1), cy: MIDDLE, r: DOT }),
  );
};

export default part((/** @type {Given<Lineage>} */ { data, root, kept, redraw, tell }) => {
  const state = kept("", () => ({ seat: 0, told: "", ticked: data.ticked }));
  if (state.told !== JSON.stringify(data.ticked)) Object.assign(state, { told: JSON.stringify(data.ticked), ticked: data.ticked });

  const tick = (/** @type {number} */ place) => {
    const { key } = data.rows[place];
    if (!key) return;
    const { ticked } = state;
    state.ticked = ticked.includes(key) ? ticked.filter((other) => other !== key) : [...ticked, key].slice(-MOST);
    redraw();
    tell("ticked", state.ticked);
  };

  return () => {
    const tab = tabStops(state, data.rows.length);
    const rows = data.rows.map((run) => {
      const on = state.ticked.includes(run.key);
      const cell = (/** @type {string} */ look, /** @type {string} */ text) => h("span", { class: look, role: "gridcell" }, text);
      return h(
        "div.row",
        {
          ...{ role: "row", class: [run.faint && "faint", !run.key && "missing"], style: `--indent: ${wide(run)}px`, tabindex: tab() },
          ...{
            "aria-level": run.rails.length + 1,
            "aria-selected": on,
            "data-key": run.key,
            "data-tip": `${run.about}\n${run.settings}`.trim(),
          },
        },
        h(
          "span.name",
          { role: "gridcell" },
          h("span.tick", { "aria-hidden": true }, on && "✓"),
          branch(run),
          h("b", {}, run.title),
          run.kind && h("span.chip", {}, run.kind),
          run.state && h("span.chip", { class: run.tone }, run.state),
        ),
        cell("settings", run.settings),
        cell("figures", run.figures),
        [run.time, run.size, run.when].map((text) => cell("number", text)),
      );
    });
    const shown = data.count === data.of ? counted(data.of, "run") : `${whole(data.count)} of ${counted(data.of, "run")}`;
    slots(
      root,
      {},
      {
        ".rows": h("div", walk(state, ".row", { keys: COLUMN, choose: tick }), rows),
        ".shown": `${shown} · tick one to open it, two to compare them`,
      },
    );
  };
});
