// Accuracies as bars: a row for each model and for each line that it is measured against.

import { COLUMN, exactly, h, heading, percent, render, tabStops, told, track, walk, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { AccuracyBars } from "./payload" */

export default part((/** @type {Given<AccuracyBars & Shared>} */ { data, root, shared, kept }) => () => {
  const state = kept(data.group, () => ({ seat: 0 }));
  const tab = tabStops(state, data.rungs.length);
  const moving = data.rungs.filter(({ steps, withheld }) => steps.length > 1 && !withheld);
  const now = moving.map(({ steps }) => steps[Math.max(0, placeOf(steps, stepOf(shared)))]);

  const rungs = data.rungs.map(({ name, about, phase, steps, values, band, withheld }) => {
    const share = values[Math.max(0, placeOf(steps, stepOf(shared)))];
    const range = band && `${band.source}, at the end: ${percent(band.low)} to ${percent(band.high)}`;
    const tip = [`${name}: ${withheld || exactly(share)}`, about, range].filter(Boolean).join("\n");
    const edges = band && `left: ${100 * band.low}%; width: ${100 * (band.high - band.low)}%`;
    return h(
      "div.rung",
      { class: phase, role: "listitem", tabindex: tab(), ...told(tip) },
      h("span.name", {}, name),
      withheld ? h("span.withheld", {}, withheld) : track(share, "", band && h("span.band", { style: edges })),
      !withheld && h("span.share", {}, percent(share)),
    );
  });
  const at = data.rungs.some(({ steps }) => steps.length > 1) && ` at step ${whole(Math.max(0, ...now))}`;
  render(
    root,
    { class: "accuracy-bars" },
    heading(data.title, at),
    h("div.rungs", { role: "list", ...walk(state, ".rung", { keys: COLUMN }) }, rungs),
    h("p.below", {}, data.below),
  );
});
