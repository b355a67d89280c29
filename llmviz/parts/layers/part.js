// A figure of each layer, from the prediction down to the words: a mark of each run on the scale of the row, and the figures beside it.

import { COLUMN, h, heading, render, tabStops, told, walk, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Layers, Series } from "./payload" */

export default part((/** @type {Given<Layers & Shared>} */ { data, root, shared, kept }) => () => {
  const { title, about, rows, most, series, levels, steps, said } = data;
  const state = kept(title, () => ({ seat: 0 }));
  const tab = tabStops(state, rows.length);
  const place = Math.max(0, placeOf(steps, stepOf(shared)));
  const now = (/** @type {Series} */ each) => Math.max(0, placeOf(each.steps, stepOf(shared)));

  const drawn = rows.map((name, row) => {
    const figures = series.map((each) => `${each.name}: ${each.told[now(each)][row]}`);
    const tip = [name, ...figures, ...levels.map((level) => `${level.name}`)].join("\n");
    return h(
      "div.row",
      { role: "listitem", tabindex: tab(), ...told(tip) },
      h("span.name", {}, name),
      h(
        "span.scale",
        { "aria-hidden": true },
        levels.map(({ value }) => h("span.level", { style: `left: ${(100 * value) / most}%` })),
        series.map((each) => {
          const value = each.values[now(each)][row];
          const at = value === null ? 0 : Math.min(1, value / most);
          const beyond = value !== null && value > most && "beyond";
          return value !== null && h("i.mark", { class: [each.mark, each.phase, beyond], style: `left: ${100 * at}%` });
        }),
      ),
      series.map((each) => h("span.told", {}, each.told[now(each)][row])),
    );
  });
  render(
    root,
    { class: "layers" },
    heading(title, steps.length > 0 && `, at step ${whole(steps[place])}`),
    h("p.said", {}, said[place]),
    h(
      "p.key",
      { "aria-hidden": true, hidden: series.length === 1 && !levels.length },
      series.length > 1 && series.map(({ name, mark, phase }) => h("span", {}, h("i.mark", { class: [mark, phase] }), name)),
      levels.map(({ name }) => h("span", {}, h("i.level"), name)),
    ),
    h(
      "div.rows",
      { role: "list", style: `--columns: ${series.length}`, ...walk(state, ".row", { keys: COLUMN }) },
      series.length > 1 &&
        h(
          "div.columns",
          { "aria-hidden": true },
          series.map(({ mark, phase }) => h("i.mark", { class: [mark, phase] })),
        ),
      drawn,
    ),
    h("p.below", {}, about),
  );
});
